"""What customers of any company write: examples for the built-in topics, where the company's history has none."""

from __future__ import annotations

QUESTIONS = (
    "How long does delivery take?",
    "What are your opening hours?",
    "Do you ship to Canada and what does it cost?",
    "Which payment methods do you accept?",
    "Can I pay in instalments?",
    "Is there a student discount?",
    "How do I reset my password?",
    "Where can I find the manual for this product?",
    "Does the premium plan include support by phone?",
    "How do I connect my domain to the site?",
    "What is the difference between the two plans?",
    "Can I change my username later?",
    "Is the material vegan?",
    "What sizes do you have and how do they run?",
    "How do I export my data?",
    "Are gift cards valid for ever?",
    "Can I use the app offline?",
    "I want to know whether your service works in Portugal",
    "please explain how your loyalty points work",
    "What happens to my files when my subscription ends?",
    "Who can see the photos I upload?",
    "Does it work with an older phone?",
    "how can I add another user to our account",
    "What is your policy on late payments?",
    "Do I need an adapter for the plug?",
)
"""Asked of the articles."""

STRANGERS = (
    "We are a marketing agency and would love to improve your search ranking",
    "Would you sponsor our school's summer fair?",
    "I am applying for the job you posted, my CV is attached",
    "What is the weather like in Paris tomorrow?",
    "Our firm offers cheap office cleaning, can we arrange a call?",
    "Happy birthday to the whole team!",
    "Write me a poem about the sea",
    "I am a journalist and would like to interview your founder",
    "Congratulations, you have won a prize, click here",
    "Can you recommend a good restaurant near the station?",
    "We are looking for resellers in our region, are you interested in a partnership?",
    "Who won the football match last night?",
    "asdf test test",
    "I found a dog near your office, is it yours?",
    "Please remove me from this chain letter",
    "Could you lend me some money until Friday?",
    "We want to rent out the office above your shop",
    "What do you think of the new government?",
    "My neighbour plays loud music every night",
    "Let us build you a new website for half the price",
)
"""Nothing that a company's support handles."""

ENOUGH = 10
"""With so many past tickets of its own, a company needs none of these."""
