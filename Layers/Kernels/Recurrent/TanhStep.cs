using System.Diagnostics;

namespace Cnn.Layers.Kernels.Recurrent;

/// <summary>
/// The arrays of one time step of a simple recurrent net: [streams, size], with one marker per stream.
/// </summary>
internal unsafe struct TanhStep
{
    /// <summary>Number of rows: the sequences that are processed side by side.</summary>
    public int Streams;

    /// <summary>Size of the hidden state.</summary>
    public int Size;

    /// <summary>The weighted inputs; holds h after the step.</summary>
    public float* Hidden;

    /// <summary>More weighted inputs, the same for every step; null for none.</summary>
    public float* StaticSums;

    /// <summary>h as input of the next step: multiplied by that step's marker.</summary>
    public float* NextHidden;

    /// <summary>The next step's markers; null for all 1.</summary>
    public float* NextMarkers;

    /// <summary>The gradient of h from outside the recurrence.</summary>
    public float* HiddenDiff;

    /// <summary>The gradient of <see cref="NextHidden"/>; null for none.</summary>
    public float* NextHiddenDiff;

    /// <summary>The gradient of the weighted inputs; may be <see cref="HiddenDiff"/>.</summary>
    public float* SumsDiff;

    /// <summary>Checks the arrays that <see cref="TanhKernel.Forward"/> reads and writes.</summary>
    [Conditional("DEBUG")]
    public readonly void RequireForward()
    {
        KernelGuard.Array(Hidden, Streams, Size);
        KernelGuard.ArrayOrNull(StaticSums, Streams, Size);
        KernelGuard.Array(NextHidden, Streams, Size);
        KernelGuard.ArrayOrNull(NextMarkers, Streams);
        KernelGuard.Apart(Hidden, (long)Streams * Size, NextHidden, (long)Streams * Size);
    }

    /// <summary>Checks the arrays that <see cref="TanhKernel.Backward"/> reads and writes.</summary>
    [Conditional("DEBUG")]
    public readonly void RequireBackward()
    {
        KernelGuard.Array(Hidden, Streams, Size);
        KernelGuard.Array(HiddenDiff, Streams, Size);
        KernelGuard.ArrayOrNull(NextHiddenDiff, Streams, Size);
        KernelGuard.ArrayOrNull(NextMarkers, Streams);
        KernelGuard.Array(SumsDiff, Streams, Size);
        KernelGuard.SameOrApart(HiddenDiff, SumsDiff, (long)Streams * Size);
        KernelGuard.SameOrApart(NextHiddenDiff, SumsDiff, (long)Streams * Size);
    }
}
