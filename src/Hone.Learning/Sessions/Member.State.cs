using Hone.Learning.State;

namespace Hone.Learning.Sessions;

// Saving, loading and forking.
internal sealed partial class Member
{
    private const int Format = 2;

    public void Save(StateWriter writer)
    {
        writer.Section(Name, Format);
        writer.Write((int)State);
        writer.Write(_failing);
        writer.Write(_failures);
        writer.Write(_rests);
        writer.Write(_answers);
        writer.Write(_warnedAtAnswer);
        writer.Write(_generation);
        writer.Write(_bornSeq);
        writer.Write(_untilEligible);
        writer.Write(_sinceAdaptation);
        writer.Write(_relearned);
        writer.Write(_relearnedLoss);
        writer.Write(_relearnedMajority);
        writer.Write(LearnedAtUs);
        writer.Write(_home);
        for (var slot = 0; slot < _learners.Length; slot++)
        {
            writer.Write(_learners[slot] is not null);
            if (_learners[slot] is not { } learner)
                continue;
            writer.Write(_generations[slot]);
            writer.Write(_learned[slot]);
            learner.Save(writer);
        }
        writer.Write(_candidate is not null);
        _candidate?.Save(writer);
        _watch.Save(writer);
        Statistics.Save(writer);
    }

    public void Load(StateReader reader)
    {
        reader.Section(Name, Format, Format);
        State = (MemberState)reader.ReadInt32(0, (int)MemberState.Stale);
        if (IsBaseline != (State == MemberState.Baseline))
            throw new CorruptStateException($"The member '{Name}' is saved as {State}.");
        _failing = reader.ReadBool();
        if (State == MemberState.Failed && !_failing)
            throw new CorruptStateException($"The member '{Name}' is saved as failed without having failed.");
        _failures = reader.ReadInt32(0, FailuresMax + 1);
        _rests = reader.ReadBool();
        _answers = reader.ReadInt64();
        _warnedAtAnswer = reader.ReadInt64();
        if (_rests && (!_failing || _failures < FailuresMax || IsBaseline) || _warnedAtAnswer < -1 || _answers < 0 || _answers < _warnedAtAnswer)
            throw new CorruptStateException($"The member '{Name}' is saved with {_failures} failures and a warning at answer {_warnedAtAnswer} of {_answers}.");
        _generation = reader.ReadUInt64();
        _bornSeq = reader.ReadInt64();
        _untilEligible = reader.ReadInt32(0, _options.MinPredictionsForAdaptation);
        _sinceAdaptation = reader.ReadInt64();
        _relearned = reader.ReadInt64();
        if (_bornSeq < 0 || _sinceAdaptation < 0 || _relearned < 0 || _relearned >= (long)_options.BackgroundAnswersMin * _horizon)
            throw new CorruptStateException($"The member '{Name}' is saved with a birth at {_bornSeq}, {_sinceAdaptation} answers since its last adaptation and {_relearned} relearned.");
        _relearnedLoss = reader.ReadWithin(0, _relearned * (1 + 1e-9));
        _relearnedMajority = reader.ReadWithin(0, _relearned * (1 + 1e-9));
        LearnedAtUs = reader.ReadInt64();
        _home = reader.ReadInt32(0, LearningSession.RegimesMax - 1);
        for (var slot = 0; slot < _learners.Length; slot++)
        {
            _learners[slot] = null;
            if (!reader.ReadBool())
                continue;
            _generations[slot] = reader.ReadUInt64();
            _learned[slot] = reader.ReadInt64();
            if (_generations[slot] > _generation || _learned[slot] < 0)
                throw new CorruptStateException($"The member '{Name}' is saved with a learner of generation {_generations[slot]} of {_generation} that has learned {_learned[slot]} answers.");
            _learners[slot] = _build(_generations[slot]);
            _learners[slot]!.Load(reader);
        }
        if (_learners[_home] is null)
            throw new CorruptStateException($"The member '{Name}' is saved without a learner.");
        _candidate = reader.ReadBool() ? Candidate.Load(reader, _build, _generation, _horizon) : null;
        _watch.Load(reader);
        Statistics.Load(reader);
    }

    private IClassifier Fork(int slot)
    {
        var writer = new StateWriter();
        _learners[slot]!.Save(writer);
        var fork = _build(_generations[slot]);
        fork.Load(new StateReader(writer.WrittenMemory));
        return fork;
    }
}
