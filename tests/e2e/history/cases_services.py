"""What services told of March: chats and a payment."""

from .case import Case, Near

CHAT = "/api/analytics/chat"
MARCH = {"startDate": "2026-03-10", "endDate": "2026-03-10"}

CASES = [
    Case(f"{CHAT}/messages", {"messages": 4, "users": 2, "activeConversations": 2}, MARCH),
    Case(f"{CHAT}/conversations", {"created": 2, "deleted": 1, "active": 2, "messagesPerConversation": 2}, MARCH),
    Case(
        f"{CHAT}/by-provider",
        {
            "messages": 4,
            "data": [
                {"provider": "anthropic", "messages": 3, "share": 75, "tokens": 3_600, "cost": 0.0015},
                {"provider": "openai", "messages": 1, "share": 25, "tokens": 110, "cost": 0.0033},  # a total, priced as input
            ],
        },
        MARCH,
    ),
    Case(f"{CHAT}/tokens", {"totalTokens": 3_710, "inputTokens": 3_110, "outputTokens": 600, "tokensPerMessage": 927.5, "cost": 0.0048}, MARCH),
    # ann's of ten minutes and, after forty of silence, one of a single message; and bob's.
    Case(f"{CHAT}/average-session", {"sessions": 3, "messages": 4, "totalTime": 600_000, "averageSession": Near(200_000)}, MARCH),
    Case("/api/analytics/revenue/total", {"revenue": {"USD": 29}, "orders": 1}, MARCH),
    Case("/api/analytics/revenue/by-plan", {"data": [{"plan": "pro", "revenue": {"USD": 29}}]}, MARCH),
]
