using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Hone.Learning;
using Hone.Learning.Sessions;
using Hone.Learning.State;
using Hone.Trading.Sessions;

namespace Hone.Trading.Live;

/// <summary>What an answer's label means.</summary>
public enum LabelTarget
{
    /// <summary>1: the price rose.</summary>
    Direction,

    /// <summary>1: the trade that was asked about made money.</summary>
    Profitable,
}

/// <summary>Everything that a live session is made of, as its first journal entry keeps it.</summary>
public sealed record LiveSetup
{
    /// <summary>Most features of a session that is asked with features.</summary>
    public const int FeaturesMax = 4096;

    /// <summary>The session's id.</summary>
    public required string Id { get; init; }

    /// <summary>Market; two resolutions of one market are two symbols.</summary>
    public required string Symbol { get; init; }

    /// <summary>Name within the symbol.</summary>
    public string Name { get; init; } = "default";

    /// <summary><c>panel</c>, or the name of the one learner.</summary>
    public string ModelType { get; init; } = "panel";

    /// <summary>Whether the session trades bars with Hone's own features; otherwise it is asked with features.</summary>
    public bool Trading { get; init; }

    /// <summary>Names of the features it is asked with, in order; empty for a trading session.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Whether the features have names of their own; otherwise they are <c>f0</c>, <c>f1</c>….</summary>
    public bool FeaturesAreNamed { get; init; }

    /// <summary>Number of classes.</summary>
    [Range(2, 100)] public int Classes { get; init; } = 2;

    /// <summary>How many consecutive answers overlap; 1 for independent ones.</summary>
    [Range(1, SessionShape.HorizonMax)] public int Horizon { get; init; } = 1;

    /// <summary>What label 1 means.</summary>
    public LabelTarget Target { get; init; }

    /// <summary>Rules of learning, and of trading where it trades.</summary>
    public SessionSetup Session { get; init; } = new();

    /// <summary>Name of the saved state that it continues; null for a fresh one.</summary>
    public string? State { get; init; }

    /// <summary>Fingerprint of the build that started it.</summary>
    public string Engine { get; init; } = "";

    /// <summary>128-bit hash of the names of the features, in order: equal hashes, same meaning of every position.</summary>
    public string FeatureHash => StateHash.Of(JsonSerializer.SerializeToUtf8Bytes(Features));

    /// <summary>The setup as bytes of a journal entry.</summary>
    public byte[] ToPayload() => JsonSerializer.SerializeToUtf8Bytes(this, Options.Json);

    /// <summary>Reads a setup from a journal entry.</summary>
    /// <exception cref="CorruptStateException">It is none.</exception>
    public static LiveSetup FromPayload(ReadOnlySpan<byte> payload)
    {
        try
        {
            return JsonSerializer.Deserialize<LiveSetup>(payload, Options.Json) ?? throw new CorruptStateException("The setup in the journal is null.");
        }
        catch (JsonException e)
        {
            throw new CorruptStateException($"The setup in the journal cannot be read: {e.Message}");
        }
    }
}
