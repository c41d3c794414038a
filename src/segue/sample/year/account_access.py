"""What customers write who cannot get into their account."""

BOOK = """
I can't log in.
I've forgotten my password.
Your page says my password is wrong. It isn't.
Please send me a (link to reset|reset link for) my password.
The reset email never arrives.
I'm locked out of my account.
account blocked after too many attempts, help
How do I get back into my account?
It doesn't let me sign in any more since your new website.
My login has stopped working.
forgot pw
I have a new phone and it's not saved my password. What can I do?
"Unknown user or password." Could you set me up with a new one?
I keep being thrown out on the login page.
Could you reset my account please? I want to order something before the sale ends.
password reset doesnt work, link expired already
I clicked on "forgotten password" four times and got four times nothing.
The link in your mail says it's no longer valid.
Sign-in problem. Please help.
My account asks for a code, which code?
I cannot access my order history as the site won't accept my details.
You've changed something, I'm no longer recognised.
Can't get into my account to see my receipts.
Please unlock my account, I mistyped the password.
I don't remember which password I used, it's been two years since I last bought something.
The password that I've written on the fridge is wrong, it appears. New one please!
My grandson set up the account and now I can't get in.
I need a new password.
Account access lost - what now?
I get "something went wrong" when I try to sign in. Three browsers.
It won't take my password on the tablet but it did on the computer. Now neither.
locked out!!!
Hello. I should like to regain access to my customer account. The password is no longer known to me.
I was told I'd get an email to pick a new password. It's been an hour.
login broken again?
Every time I type my password, it deletes itself and says try later.
The website says there's no account with this email, but you send me newsletters to it every week.
I'd like to buy a {item} but I can't log on.
I've tried all my passwords. All of them.
Why can't I sign in with Google any longer? Let me set a password then.
May I have my access details once more?
Could you please reactivate my account? It says suspended.
Been hacked at another shop, so I want to change my password here, but the page hangs.
The "reset password" page is blank on my phone.
Your captcha shows me traffic lights for ten minutes and then I'm still out.
I can't remember my log in, can you email it
Two-step login sends the code to my old number. I'm stuck outside.
no access to my account since {day}
I closed my browser and now I've no idea how to get in again. Password please.
Trying to pay but have to log in first and that fails.
Reset my password please, this email.
I'm unable to log into the club pages with my email and password.
Where's the link for a new password? I can't find it and I need it.
Please help an old man into his account. It refuses me.
Is the login down or is it me?
My account says temporarily disabled. Can you enable it?
I must have registered with a typo in my password. Could you start me off afresh?
Password. Forgotten. Sorry.
Can you send the password mail once more, I deleted it.
After the update the app signs me out and says invalid credentials.
I want to order but I can't log on to my account.
My password isn't accepted any more.
I need to reset my password but the link doesn't work.
Can't sign in, forgot my password.
I can't access my account with my email and password.
The link for the new password has expired.
the site wont let me log in
Please send a password reset link.
"""
