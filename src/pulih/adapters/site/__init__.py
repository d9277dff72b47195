"""The public site as plain files: every page of it is made of a bulletin, in Indonesian and English, without script."""
