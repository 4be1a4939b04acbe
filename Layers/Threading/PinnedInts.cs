using System.Runtime.CompilerServices;

namespace Cnn.Layers.Threading;

/// <summary>An array of integers at a fixed address.</summary>
internal sealed unsafe class PinnedInts
{
    private readonly int[] values;

    public PinnedInts(int count)
    {
        values = GC.AllocateArray<int>(Math.Max(count, 1), pinned: true);
        Pointer = (int*)Unsafe.AsPointer(ref values[0]);
    }

    public int Length => values.Length;

    public int* Pointer { get; }
}
