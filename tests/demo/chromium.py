"""Debian's Chromium, without what only somebody who types addresses into it needs.

The suggestions below its address bar are pages of their own: hidden, they take a third of a processor, for each window.
"""

from playwright.sync_api import Browser, Playwright

PROGRAM = "/usr/bin/chromium"
OFF = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
    # What Playwright turns off: of this flag only the last one counts.
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "LensOverlay"),
    *("HttpsFirstBalancedModeAutoEnable", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning"),
    *("AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled"),
    "PreconnectToSearch",
)
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-save-password-bubble"),
    f"--disable-features={','.join(OFF)}",
)


def begun(playwright: Playwright, *more: str) -> Browser:
    return playwright.chromium.launch(executable_path=PROGRAM, args=[*FLAGS, *more])
