"""How avatar/phone_net.npz is made: our own sentences, spoken by Kokoro and espeak-ng. Not used on air."""
