using Hone.Learning.State;

namespace Hone.Learning.Sessions;

/// <summary>
/// What a review looks at beside the members themselves: whether the panel is worse than the majority, whether much drifts at once, whether the regime has changed, whether answers stay
/// away, and whether anybody votes. Each is reported once, when it begins.
/// </summary>
internal sealed class PanelReview(SessionOptions options, int horizon) : ISaved
{
    // Two standard errors begin a warning, and one ends it: a difference that lies on the border is one warning.
    private const double WarningErrors = 2, CalmErrors = 1;
    private const double DriftScoreLimit = 0.5;
    private const double HourUs = 3600e6;

    private readonly PairedHits _hits = new(options.WindowAnswers);
    private bool _underMajority;
    private bool _driftsMuch;
    private bool _nobodyVotes;
    private int _regime = -1;
    private int _newRegime = -1;
    private int _inNewRegime;

    /// <summary>Whether no answer has come for longer than the options allow, as of the last review.</summary>
    public bool IsStale { get; private set; }

    /// <summary>Regime of the last question; −1 before the first.</summary>
    public int LastRegime => _newRegime >= 0 ? _newRegime : _regime;

    /// <summary>Takes one scored answer.</summary>
    public void Answered(bool panelCorrect, bool majorityCorrect)
    {
        _hits.Add(panelCorrect, majorityCorrect);
        IsStale = false;
    }

    /// <summary>Takes the regime of a question.</summary>
    public void Asked(int regime, LearningSession session)
    {
        if (_regime < 0)
            _regime = regime;
        if (regime == _regime)
        {
            (_newRegime, _inNewRegime) = (-1, 0);
            return;
        }
        (_newRegime, _inNewRegime) = (regime, regime == _newRegime ? _inNewRegime + 1 : 1);
        if (_inNewRegime < options.RegimeChangeQuestions)
            return;
        var from = _regime;
        (_regime, _newRegime, _inNewRegime) = (regime, -1, 0);
        if (options.AdaptiveReview)
            session.Emit(new AdaptationEvent(session.Seq, session.NowUs, "panel", "regime-change",
                $"{options.RegimeChangeQuestions} consecutive questions came in regime {regime} instead of {from}", regime, from));
    }

    /// <summary>The review that falls due.</summary>
    public void Hold(LearningSession session)
    {
        ReviewAnswers(session);
        if (!options.AdaptiveReview)
            return;
        ReviewAccuracy(session);
        ReviewDrift(session);
        ReviewHealth(session);
    }

    /// <summary>Looks at the drift score; at a review, and when a detector or a test of the inputs has spoken.</summary>
    /// <remarks>The score is over the limit from the first review after that on: an event is not repeated before it has been under it.</remarks>
    public void ReviewDrift(LearningSession session)
    {
        if (!options.AdaptiveReview)
            return;
        var score = session.DriftScore;
        var before = _driftsMuch;
        _driftsMuch = score >= DriftScoreLimit;
        if (!_driftsMuch || before)
            return;
        session.Emit(new AdaptationEvent(session.Seq, session.NowUs, "panel", "drift-score", "so large a share of the voting members and of the watched features drifts at once", score, DriftScoreLimit));
        if (options.Adapt)
            session.BoostAll(LastRegime, score, DriftScoreLimit);
    }

    private void ReviewAnswers(LearningSession session)
    {
        if (options.StaleAfterAnswersHours == 0 || IsStale || session.Panel.UpdatedAtUs == long.MinValue)
            return;
        var hours = ((double)session.NowUs - session.Panel.UpdatedAtUs) / HourUs;
        if (hours < options.StaleAfterAnswersHours)
            return;
        IsStale = true;
        session.Emit(new AdaptationEvent(session.Seq, session.NowUs, "panel", "stale",
            options.ActWhenStale ? "hours since the last answer" : "hours since the last answer; the panel does not act until the next one", hours, options.StaleAfterAnswersHours));
    }

    private void ReviewAccuracy(LearningSession session)
    {
        if (_hits.Count < Math.Min(options.WindowAnswers, Member.PauseAnswers(horizon)))
            return;
        var error = _hits.StandardError(horizon);
        var before = _underMajority;
        _underMajority = _hits.Difference < -(before ? CalmErrors : WarningErrors) * error;
        if (_underMajority && !before)
            session.Emit(new AdaptationEvent(session.Seq, session.NowUs, "panel", "floor-warning",
                "accuracy over the window is under the majority baseline's by more than two standard errors", _hits.Difference, -WarningErrors * error));
    }

    private void ReviewHealth(LearningSession session)
    {
        // A panel that warms up is well.
        var ill = session.CountOf(MemberState.Failed) + session.CountOf(MemberState.LostVote) + session.CountOf(MemberState.Stale);
        var before = _nobodyVotes;
        _nobodyVotes = ill > 0 && session.CountOf(MemberState.Voting) == 0;
        if (_nobodyVotes && !before)
            session.Emit(new AdaptationEvent(session.Seq, session.NowUs, "panel", "health", "no member votes; so many have failed, are stale or have lost their vote", ill, 0));
    }

    public void Save(StateWriter writer)
    {
        writer.Section("panel-review", 1);
        writer.Write(IsStale);
        writer.Write(_underMajority);
        writer.Write(_driftsMuch);
        writer.Write(_nobodyVotes);
        writer.Write(_regime);
        writer.Write(_newRegime);
        writer.Write(_inNewRegime);
        _hits.Save(writer);
    }

    public void Load(StateReader reader)
    {
        reader.Section("panel-review", 1);
        IsStale = reader.ReadBool();
        _underMajority = reader.ReadBool();
        _driftsMuch = reader.ReadBool();
        _nobodyVotes = reader.ReadBool();
        _regime = reader.ReadInt32(-1, LearningSession.RegimesMax - 1);
        _newRegime = reader.ReadInt32(-1, LearningSession.RegimesMax - 1);
        _inNewRegime = reader.ReadInt32(0, options.RegimeChangeQuestions - 1);
        if (_newRegime >= 0 && (_regime < 0 || _newRegime == _regime) || _newRegime >= 0 != _inNewRegime > 0)
            throw new CorruptStateException($"panel-review: {_inNewRegime} questions in regime {_newRegime} after regime {_regime} are impossible.");
        _hits.Load(reader);
    }
}
