namespace Hone.Learning.Sessions;

/// <summary>What every member is told of an answer.</summary>
/// <param name="QuestionSeq">Position of the session at which it was asked.</param>
/// <param name="Regime">Regime it was asked in.</param>
/// <param name="Label">What happened.</param>
/// <param name="MajorityBrier">Brier score of the majority baseline.</param>
internal readonly record struct ScoredAnswer(long QuestionSeq, int Regime, int Label, double MajorityBrier);
