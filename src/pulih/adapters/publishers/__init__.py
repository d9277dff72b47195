"""Publishers: where the pages of the site can be put; several at once, each for itself."""
