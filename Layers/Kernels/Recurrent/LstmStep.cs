using System.Diagnostics;

namespace Cnn.Layers.Kernels.Recurrent;

/// <summary>
/// The arrays of one time step of an LSTM. Rows are the streams; gate arrays are [streams, 4 size] with the gates i, f,
/// o, g side by side, all others are [streams, size], with one marker per stream.
/// </summary>
internal unsafe struct LstmStep
{
    /// <summary>Number of rows: the sequences that are processed side by side.</summary>
    public int Streams;

    /// <summary>Size of the cell and the output.</summary>
    public int Size;

    /// <summary>The gates' weighted inputs.</summary>
    public float* Sums;

    /// <summary>More weighted inputs, the same for every step; null for none.</summary>
    public float* StaticSums;

    /// <summary>The gates' values; may be <see cref="Sums"/>.</summary>
    public float* Gates;

    /// <summary>c of the previous step.</summary>
    public float* PreviousCell;

    /// <summary>c of this step.</summary>
    public float* Cell;

    /// <summary>0 where this step starts a sequence.</summary>
    public float* Markers;

    /// <summary>h of this step.</summary>
    public float* Hidden;

    /// <summary>h as input of the next step: multiplied by that step's marker. Null when it is not needed.</summary>
    public float* NextHidden;

    /// <summary>The next step's markers; null for all 1.</summary>
    public float* NextMarkers;

    /// <summary>The gradient of <see cref="Hidden"/> from outside the recurrence.</summary>
    public float* HiddenDiff;

    /// <summary>The gradient of <see cref="NextHidden"/>; null for none.</summary>
    public float* NextHiddenDiff;

    /// <summary>The gradient of <see cref="Cell"/> from outside this step.</summary>
    public float* CellDiff;

    /// <summary>The gradient of <see cref="PreviousCell"/>; may be <see cref="CellDiff"/>.</summary>
    public float* PreviousCellDiff;

    /// <summary>The gradient of <see cref="Sums"/>.</summary>
    public float* SumsDiff;

    /// <summary>Checks the arrays that <see cref="LstmKernel.Forward"/> reads and writes.</summary>
    [Conditional("DEBUG")]
    public readonly void RequireForward()
    {
        KernelGuard.Array(Sums, Streams, 4, Size);
        KernelGuard.ArrayOrNull(StaticSums, Streams, 4, Size);
        KernelGuard.Array(Gates, Streams, 4, Size);
        KernelGuard.SameOrApart(Sums, Gates, 4L * Streams * Size);
        KernelGuard.Array(PreviousCell, Streams, Size);
        KernelGuard.Array(Cell, Streams, Size);
        KernelGuard.SameOrApart(PreviousCell, Cell, (long)Streams * Size);
        KernelGuard.Array(Markers, Streams);
        KernelGuard.Array(Hidden, Streams, Size);
        KernelGuard.ArrayOrNull(NextHidden, Streams, Size);
        KernelGuard.ArrayOrNull(NextMarkers, Streams);
    }

    /// <summary>Checks the arrays that <see cref="LstmKernel.Backward"/> reads and writes.</summary>
    [Conditional("DEBUG")]
    public readonly void RequireBackward()
    {
        KernelGuard.Array(Gates, Streams, 4, Size);
        KernelGuard.Array(Cell, Streams, Size);
        KernelGuard.Array(PreviousCell, Streams, Size);
        KernelGuard.Array(Markers, Streams);
        KernelGuard.Array(HiddenDiff, Streams, Size);
        KernelGuard.ArrayOrNull(NextHiddenDiff, Streams, Size);
        KernelGuard.ArrayOrNull(NextMarkers, Streams);
        KernelGuard.Array(CellDiff, Streams, Size);
        KernelGuard.Array(PreviousCellDiff, Streams, Size);
        KernelGuard.SameOrApart(CellDiff, PreviousCellDiff, (long)Streams * Size);
        KernelGuard.Array(SumsDiff, Streams, 4, Size);
    }
}
