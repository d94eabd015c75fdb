namespace Hone.Adapters.Feeds.Live;

/// <summary>A kind of feed that <c>--feed</c> takes.</summary>
/// <param name="Name">Its name, before the colon.</param>
/// <param name="Form">How it is written.</param>
/// <param name="Description">What it is, in a sentence.</param>
/// <param name="Options">Its options, written <c>name=value</c> with commas between.</param>
public sealed record LiveFeedKind(string Name, string Form, string Description, IReadOnlyList<LiveFeedOption> Options);

/// <summary>An option of a feed.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">What it takes, in a word.</param>
/// <param name="Description">What it does, and its default.</param>
public sealed record LiveFeedOption(string Name, string Values, string Description);
