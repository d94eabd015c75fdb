namespace Hone.Host.Api.Streaming;

/// <summary>How patient a stream is with its client.</summary>
public sealed record StreamTimes
{
    /// <summary>How long a client without a key may take to send its ticket.</summary>
    public TimeSpan Ticket { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After so long without a message a heartbeat is sent; as often the client's key is looked at again.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A client that does not take a message for so long does not read and is dropped.</summary>
    public TimeSpan Send { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a dropped client may still take to read what is under way and the reason, before the line is cut.</summary>
    public TimeSpan Dropping { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a client may take to answer the closing of the stream, before the line is cut.</summary>
    public TimeSpan Closing { get; init; } = TimeSpan.FromSeconds(2);
}
