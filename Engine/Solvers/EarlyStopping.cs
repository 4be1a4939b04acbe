using Cnn.Engine.Graph;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>
/// Stops a run whose score no longer improves: it runs for at least <c>patience</c> iterations, and a clear improvement
/// at iteration I moves the end to <c>patience_increase * I</c> if that is later (the rule of the Theano tutorials).
/// </summary>
internal sealed class EarlyStopping
{
    private readonly EarlyStoppingParameter definition;
    private EarlyStoppingState state;

    /// <summary>Creates it from a solver's definition.</summary>
    /// <exception cref="CnnException">A field is missing or out of range, or no test net has the output.</exception>
    public EarlyStopping(EarlyStoppingParameter definition, IReadOnlyList<TestNet> testNets, SourceMap sources)
    {
        this.definition = definition;
        state = new EarlyStoppingState { Best = float.PositiveInfinity, Horizon = definition.Patience };
        if (definition.TestNet >= testNets.Count)
        {
            throw Error(
                EarlyStoppingParameter.TestNetFieldNumber,
                $"test_net is {definition.TestNet}, the solver has {testNets.Count} test net(s)",
                "early stopping needs one: give test_iter and test_interval");
        }

        Net net = testNets[(int)definition.TestNet].Net;
        if (!net.Outputs.Contains(definition.Output))
        {
            throw Error(
                EarlyStoppingParameter.OutputFieldNumber,
                definition.HasOutput ? $"the test net has no output '{definition.Output}'" : "output is missing",
                $"its outputs are {string.Join(", ", net.Outputs)}");
        }

        if (definition.Patience < 1)
        {
            throw Error(
                EarlyStoppingParameter.PatienceFieldNumber,
                $"patience is {definition.Patience}",
                "it must be 1 or more");
        }

        if (!(definition.PatienceIncrease >= 1))
        {
            throw Error(
                EarlyStoppingParameter.PatienceIncreaseFieldNumber,
                $"patience_increase is {definition.PatienceIncrease}",
                "it must be 1 or more");
        }

        if (definition.ImprovementThreshold is not (> 0 and <= 1))
        {
            throw Error(
                EarlyStoppingParameter.ImprovementThresholdFieldNumber,
                $"improvement_threshold is {definition.ImprovementThreshold}",
                "it must be above 0 and 1 at most");
        }

        CnnException Error(int field, string message, string hint) =>
            new(new Diagnostic($"early_stopping: {message}", sources.Find(definition, field), hint));
    }

    /// <summary>
    /// The state, which is part of a snapshot. A patience raised since the snapshot was written moves the end.
    /// </summary>
    public EarlyStoppingState State
    {
        get => state.Clone();
        set
        {
            state = value.Clone();
            state.Horizon = Math.Max(state.Horizon, definition.Patience);
        }
    }

    /// <summary>The iteration that had the best score.</summary>
    public int BestIteration => state.BestIteration;

    /// <summary>The best score, as a value of the output.</summary>
    public float BestScore => definition.HigherIsBetter ? 1 - state.Best : state.Best;

    /// <summary>Returns whether a run should end at an iteration.</summary>
    public bool IsOver(int iteration) => iteration >= state.Horizon;

    /// <summary>Records the scores of a test.</summary>
    /// <returns>Whether it is the best so far.</returns>
    public bool Look(int iteration, TestScores scores)
    {
        if (scores.TestNet != definition.TestNet)
        {
            return false;
        }

        double score = scores.Outputs.First(o => o.Blob == definition.Output).Mean;
        float error = (float)(definition.HigherIsBetter ? 1 - score : score);
        if (!(error < state.Best))
        {
            return false;
        }

        if (error < state.Best * definition.ImprovementThreshold)
        {
            double later = Math.Min(int.MaxValue, (double)iteration * definition.PatienceIncrease);
            state.Horizon = Math.Max(state.Horizon, (int)later);
        }

        (state.Best, state.BestIteration) = (error, iteration);
        return true;
    }
}
