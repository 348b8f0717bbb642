"""Lines of live chats: where they come from, which are for the shop, what they want, how their writers are addressed."""
