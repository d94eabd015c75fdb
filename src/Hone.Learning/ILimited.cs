namespace Hone.Learning;

/// <summary>A learner that works in memory of a stated size and says when it has used it up.</summary>
public interface ILimited
{
    /// <summary>One sentence once a limit has been reached: which one, how often it was in the way, and which option raises it. Null before.</summary>
    string? LimitReached { get; }
}
