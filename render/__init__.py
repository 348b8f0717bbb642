"""How it looks and leaves the machine: Pose and Cue at t become a picture, a picture becomes a Packet."""
