"""How a body speaks and moves: Speech and marks become a Performance, a Performance becomes a Pose at t. Pure."""
