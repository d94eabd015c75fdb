using System.ComponentModel.DataAnnotations;

namespace Hone.Host.Configuration;

/// <summary>How long a server keeps what happened, see docs/journal.md. What a session needs to go on is never removed.</summary>
public sealed record JournalPolicy
{
    /// <summary>Days for which inputs and emissions are kept after they were received; older ones are removed hourly. 0 keeps everything.</summary>
    [Range(0, 36_500)] public int KeepDays { get; init; } = 30;

    /// <summary>Newest inputs of every session that are kept however old they are.</summary>
    [Range(0, 1_000_000_000)] public long KeepEntriesMin { get; init; } = 100_000;

    /// <summary>Days beyond keep_days for which the ids of clients' requests are remembered, so that a late repetition changes nothing.</summary>
    [Range(0, 36_500)] public int KeysDays { get; init; } = 90;
}
