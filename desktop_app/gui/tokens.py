"""The colour tokens of the light and the dark theme (design, section 4)."""

_TABLE = """
title #DFE5E8 #101418
window #E9EDEF #14181C
canvas #F6F8F9 #191E23
surface #FFFFFF #20262C
alt #F0F3F5 #262D34
hover #EAF0F1 #2A323A
sel #D5E9E9 #1E4144
onsel #16202A #E8EDF0
line #DBE1E5 #333D46
line2 #C5CED4 #46525D
ctl #788791 #7C8A96
t1 #16202A #E8EDF0
t2 #46545F #B9C4CC
t3 #5A6873 #9DAAB4
dis #8B979F #74818B
acc #0B676C #5CC0C1
accSolid #0B676C #0F6B70
accHover #095558 #12797F
accPressed #074549 #0B676C
onacc #FFFFFF #FFFFFF
accSoft #DCEEEE #1B3A3C
focus #0B57D0 #8DBBFF
up #A13F0C #F3A86C
upSoft #FBE9DC #3B2717
upLine #E3B593 #7A4B25
upFill #C4571B #E08B47
upSolid #A13F0C #F3A86C
onup #FFFFFF #251203
dn #1F5A96 #8ABBEC
dnSoft #E2EDF8 #1B2F45
dnLine #A9C6E4 #3A5F87
dnFill #3F7FC1 #5B97D6
dnSolid #1F5A96 #8ABBEC
ondn #FFFFFF #04182C
hold #4C4673 #C3BBEA
holdSoft #ECEAF4 #2C2944
holdLine #BDB8D8 #57507F
holdFill #7C74AE #968CCB
holdSolid #544D80 #C3BBEA
onhold #FFFFFF #17122E
warn #6E5200 #EBCB55
warnSoft #FFF3C9 #342C10
warnLine #D8B542 #7A6620
warnCtl #9A7400 #D0AE3A
err #AE1F37 #FF929D
errSoft #FCE7EA #3F1D24
errLine #E29AA6 #8A3D49
ok #1C6639 #7CCE9A
okSoft #E1F2E7 #183221
okLine #9CCFB0 #35704B
info #3D4F5E #B9C7D3
infoSoft #E9EEF2 #28323B
infoLine #C0CCD5 #44525E
mark #FFE58A #6B5710
onmark #16202A #FFF6D6
thr #16202A #F2F5F7
grid #E3E8EB #2D363E
band #DCE4E9 #36424C
"""

_ROWS = [line.split() for line in _TABLE.split("\n") if line]
LIGHT: dict[str, str] = {name: light for name, light, _ in _ROWS}
DARK: dict[str, str] = {name: dark for name, _, dark in _ROWS}
