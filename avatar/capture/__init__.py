"""A person performs the anchor: what camera and microphone saw, as face, head and mouth of the avatar."""
