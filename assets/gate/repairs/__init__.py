"""One repair per file: what the gate mends and notes."""
