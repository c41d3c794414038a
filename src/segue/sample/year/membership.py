"""What members of the Cairn Club write about their membership."""

BOOK = """
When does my Cairn Club membership (end|run out|expire)?
How much club credit do I have?
[renew] Please renew my membership (for another year|for a year).
Am I still a member?
I want to know my points balance.
[renew] I'd like to extend my Cairn Club for twelve months.
My credit for the {item} hasn't been added yet. How many pounds do I have?
How many points have I got
What's my membership number? I can't find it.
[renew] renew me please :)
[renew] My membership ran out. Can I carry on from today?
Does my membership renew itself, and on which day?
Could you look up until when I'm in the club?
I thought I was a member but I was charged for delivery. Can you check?
The 5 % credit from the summer, when does mine go stale?
my club page is empty. do i have any credit
[renew] Got your reminder email, yes please, take the £18 for another year.
[renew] One more year of the club for me.
I've lost my card with the CC number. Am I in there under this email?
Is my husband included in my membership?
Which membership have I got, single or household?
I'd like to know where my membership stands.
Since when have I been a member? It must be years.
club credit balance?
You say members get free delivery. I'm a member, aren't I?
[renew] I let my club membership lapse by accident. Please reinstate it.
[renew] Please prolong my Cairn membership.
How long do I still have in the Cairn Club?
I'd like to spend my credit but don't know how much there is.
Has the fee for this year gone through? I want to be sure I'm still in.
My credits have disappeared from my account.
[renew] Would you put me down for another twelve months in the club?
[renew] Membership: extend, please.
I haven't seen any credit since {lastmonth}. What do I have now?
when is my renewal date
I joined at the counter, does the computer know? I'd like my number.
Member since 2023, but the shop treats me as a stranger. Please check.
[renew] We'd love to stay in the club. What do I have to do? If it's just paying, please take it from my card.
How much would I have to spend with my points, are they worth a mug yet?
[renew] I'd like to continue my subscription to the Cairn Club
Status of my membership please.
Please tell me: number, end date, credit. Thanks!
cairn club - am i in or out?
You'd think my bonus from the tent would be there by now. What's my current credit?
[renew] Another year please. Best eighteen quid I spend.
My family membership: when's it due?
[renew] My reminder says the membership ends on Sunday. I do want to renew.
Is there any credit waiting for me from my last purchases?
I've moved and my member card went missing in the boxes. What was my number?
I'd like a statement of my club credit.
Do I get my member's extra thirty days? I'm not sure if I'm still signed up.
[renew] Could you renew it manually? The button does nothing.
Are we on the household plan?
I cannot see my Cairn Club details any more. Has it ended?
[renew] Auto-renew is off, I know. Renew it this once.
tell me my points pls
Did I sign up for the club last year, or did I dream it?
Your letter says my credit will lapse. How much and when?
My wife bought me a membership. Has it started, and until when does it run?
What do I have in club money?
How much credit do I have with the Cairn Club?
I don't know when my club membership ends.
Please tell me my club points.
My Cairn Club number please.
Is my Cairn Club membership still running?
[renew] Please renew the Cairn Club for one more year.
[renew] I want to renew my membership, how do I pay?
[renew] Extend my club membership please.
What credit will expire in my club account?
How long am I still a member for?
Do I have points, and when do they expire?
Tell me my membership status and credit.
my cairn club credit isnt showing
Has my club membership been renewed?
"""
