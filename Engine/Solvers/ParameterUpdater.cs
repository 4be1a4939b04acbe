using Cnn.Engine.Graph;
using Cnn.Layers.Kernels.Update;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Serilog;

namespace Cnn.Engine.Solvers;

/// <summary>Updates all parameters of a net from their gradients, once per iteration.</summary>
internal sealed class ParameterUpdater
{
    private readonly SolverParameter definition;
    private readonly UpdateRule rule;
    private readonly IReadOnlyList<LearnableParameter> parameters;
    private readonly GradientClipping clipping;
    private readonly WorkerPool pool;
    private readonly bool[] frozen;

    /// <summary>Creates it, with histories of zeros.</summary>
    public ParameterUpdater(SolverParameter definition, UpdateRule rule, Net net, WorkerPool pool, ILogger? log)
    {
        (this.definition, this.rule, this.pool) = (definition, rule, pool);
        parameters = net.Learnable;
        clipping = new GradientClipping(definition.ClipGradients, parameters, pool, log);
        Histories = new UpdateHistories(rule, definition.Type, parameters);
        frozen = new bool[parameters.Count];
    }

    /// <summary>The histories of the rule.</summary>
    public UpdateHistories Histories { get; }

    /// <summary>
    /// Finds the parameters whose update would change nothing: those that are frozen and have no history of an earlier
    /// gradient. They are skipped from then on, so this is called once, after a snapshot is restored.
    /// </summary>
    public void FindFrozen()
    {
        for (int i = 0; i < frozen.Length; i++)
        {
            LearnableParameter parameter = parameters[i];
            bool hasNoRate = parameter.LearningRateMultiplier == 0 && !parameter.HasGradient;
            bool hasNoDecay = definition.WeightDecay * parameter.DecayMultiplier == 0;
            frozen[i] = hasNoRate && (rule.IsIdleAtRateZero || hasNoDecay) && Histories.AreStillZero(i);
        }
    }

    /// <summary>Updates the values of all parameters.</summary>
    /// <param name="rate">The learning rate, before the parameters' multipliers.</param>
    /// <param name="iteration">The number of updates done before this one.</param>
    public void Update(float rate, int iteration)
    {
        float scale = clipping.Factor(frozen) / definition.IterSize;
        bool isL1 = definition.RegularizationType == "L1";
        for (int i = 0; i < frozen.Length; i++)
        {
            if (frozen[i])
            {
                continue;
            }

            LearnableParameter parameter = parameters[i];
            var gradient = new GradientStep(
                rate * parameter.LearningRateMultiplier,
                scale,
                definition.WeightDecay * parameter.DecayMultiplier,
                isL1,
                definition.SnapshotDiff);
            try
            {
                rule.Update(new ParameterUpdate(parameter.Blob, Histories.Of(i), gradient, iteration, pool));
            }
            catch (OutOfMemoryException exception)
            {
                throw OutOfMemory(parameter, exception);
            }
        }
    }

    private static CnnException OutOfMemory(LearnableParameter parameter, OutOfMemoryException exception) => new(
        new Diagnostic(
            $"the update of parameter {parameter.Index} ({parameter.Blob.ShapeText}): "
                + MemoryErrors.Describe(exception),
            Layer: parameter.Owner.Name),
        exception)
    {
        IsOfTheMachine = true,
    };
}
