using Cnn.Layers;
using Cnn.Layers.Kernels.Update;
using Cnn.Layers.Threading;

namespace Cnn.Engine.Solvers;

/// <summary>The input of an <see cref="UpdateRule"/>: one parameter at one iteration.</summary>
public readonly ref struct ParameterUpdate
{
    private readonly GradientStep gradient;
    private readonly WorkerPool pool;

    internal ParameterUpdate(
        Blob parameter, ReadOnlySpan<Blob> histories, GradientStep gradient, int iteration, WorkerPool pool)
    {
        Parameter = parameter;
        Histories = histories;
        Iteration = iteration;
        this.gradient = gradient;
        this.pool = pool;
    }

    /// <summary>The values; the diff holds the gradient summed over the passes of the iteration.</summary>
    public Blob Parameter { get; }

    /// <summary>
    /// The parameter's histories, each of its shape: <see cref="UpdateRule.HistoriesPerParameter"/> of them.
    /// </summary>
    public ReadOnlySpan<Blob> Histories { get; }

    /// <summary>The number of updates done before this one.</summary>
    public int Iteration { get; }

    /// <summary>The learning rate times the parameter's multiplier.</summary>
    public float Rate => gradient.Rate;

    /// <summary>The factor on the gradient: 1 / iter_size, times the factor of gradient clipping.</summary>
    public float GradientScale => gradient.Scale;

    /// <summary>The weight decay times the parameter's multiplier.</summary>
    public float Decay => gradient.Decay;

    /// <summary>Whether the decay is that of the L1 norm (sign of the weight) rather than of the L2 norm.</summary>
    public bool IsL1 => gradient.IsL1;

    /// <summary>Returns the same update without weight decay, for a rule that applies decay in its own way.</summary>
    public ParameterUpdate WithoutDecay() => new(Parameter, Histories, gradient with { Decay = 0 }, Iteration, pool);

    /// <summary>
    /// Runs a step over the parameter in one pass over memory: scales the gradient and adds the decay, lets the step
    /// update the first two histories, and subtracts its result from the values.
    /// </summary>
    public unsafe void Apply<T>(T step)
        where T : struct, IUpdateStep =>
        UpdateKernel.Run(
            new StepOperation<T>(step),
            Parameter.DataPointer,
            Parameter.DiffPointer,
            Histories.Length > 0 ? Histories[0].DataPointer : null,
            Histories.Length > 1 ? Histories[1].DataPointer : null,
            Parameter.Count,
            gradient,
            pool);
}
