"""Where people complain: networks of posts, chats, mail, reviews, tickets, calls."""
