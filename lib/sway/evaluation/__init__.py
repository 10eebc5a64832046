"""How good the score is: experiments on real data and on worlds whose truth is known, each against a stated aim."""
