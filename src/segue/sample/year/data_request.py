"""What customers write who want a copy of their data, or want it erased."""

BOOK = """
Please send me a copy of all the data you hold about me.
What do you know about me? I want to see it, all of it.
Subject access request under the UK GDPR.
[erase] Please delete my account and all my data.
I'd like an export of my personal data.
[erase] I want to be forgotten. Erase everything you have about me.
Under article 15 I request information on the personal data you process about me.
can i download my data somewhere
[erase] close my account pls and remove my details
Which of my details have you stored, and may I have a copy?
[erase] delete me from your database
Send me my data.
[erase] I no longer wish to be your customer. Please remove my account, address and orders.
I would like to receive my order history and whatever else you keep as a file.
As a data subject I hereby exercise my right of access.
[erase] Right to erasure, article 17 GDPR: please confirm deletion within a month.
For a study course on privacy I have to ask a company for my own data. You're it! Could you send it?
I want to know what you have on file about my purchases and my account.
[erase] My late husband had an account with you. Please delete his data.
data export please
I request a complete copy of the records that relate to me, including emails and phone notes.
Somebody has my address, and I suspect shops. What have you got about me?
GDPR request. Full disclosure of my data, in a machine readable format.
[erase] get rid of my account, I don't want any of my stuff on your servers
How do I get a printout of everything saved under my name?
I'd like to see the information you've collected on me over the years.
[erase] I've had a breach elsewhere and I'm tidying up: please wipe my profile.
Data portability: please provide my data.
[erase] Please destroy all personal information of mine, I'm moving abroad.
Do you keep my birthday? I'd like an overview of all that's stored about me.
DSAR - please acknowledge
I want a copy of my file.
[erase] Unsubscribe isn't enough. I want my data gone.
Would you send me what your company holds on me, by email?
My lawyer advises me to request my personal data from you. Herewith done.
Please tell me what's been recorded about me and whom you have passed it on to.
[erase] Forget me please. Account, orders, everything.
I'd like my data in a spreadsheet, if that's possible.
Access to my personal data, please, as is my right.
[erase] how do i permanently remove my account
You've got seven years of my walking gear history. Can I have it? I'm curious.
copy of personal info plz
I saw in your privacy notice that I can ask for my data. I'm asking.
[erase] Take my name out of your computers. Thank you.
Please provide the categories, recipients and a copy of my personal data.
I need everything you have about my account for a court case.
What does the shop remember about me? Please send the lot.
[erase] Please anonymise or delete what you hold about me.
I want to take my data with me.
Request for information pursuant to data protection law, customer since 2019.
Hi! Can I get an archive of my account, like the one you can download elsewhere?
Someone told me you track what I click. Show me what you've got, please.
Personal data: what, why, how long? And a copy, please.
[erase] End of story between us. Delete all data.
Please may I have a dump of my profile and orders.
My details, all of them, as a PDF. It's for my own records.
[erase] I'm not shopping here again so you don't need my address. Remove it.
Would like to exercise my rights and obtain the stored data
I'd be interested in seeing my customer file
Access request: please send within the statutory month.
"""
