namespace Hone.Adapters.Journals;

/// <summary>What a check of a whole journal found.</summary>
/// <param name="Sessions">Sessions looked at.</param>
/// <param name="Entries">Entries whose links were compared.</param>
/// <param name="Emissions">Emissions whose checksums were compared.</param>
/// <param name="Snapshots">Snapshots whose checksums were compared.</param>
/// <param name="Problems">What is wrong, a sentence each, the first 100; empty when all is well.</param>
public sealed record JournalFindings(long Sessions, long Entries, long Emissions, long Snapshots, IReadOnlyList<string> Problems);
