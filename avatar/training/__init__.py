"""How avatar/phone_net.npz is made: numpy only, from speech whose phones are known. Not used at run time."""
