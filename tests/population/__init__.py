"""An invented population, the register that knows most of it, the visits it makes: who is found again?"""
