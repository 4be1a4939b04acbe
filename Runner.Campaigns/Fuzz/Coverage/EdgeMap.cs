using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace Cnn.Campaigns.Fuzz.Coverage;

/// <summary>
/// The counters that instrumented code increments: one for each edge between two basic blocks, by the hash of both.
/// Counts that differ little are the same, in AFL's classes: 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127, more.
/// </summary>
internal static unsafe class EdgeMap
{
    private const int Size = 1 << 16;

    private static readonly byte* Counts = Allocate();
    private static readonly byte[] Classes = [.. Enumerable.Range(0, 256).Select(ClassOf)];

    /// <summary>Takes the counts of this process; to be called before any instrumented code runs.</summary>
    public static void Attach() => Trace.SharedMem = Counts;

    /// <summary>Sets all counts to 0.</summary>
    public static void Clear() => new Span<byte>(Counts, Size).Clear();

    /// <summary>Returns a set of edges with counts that is empty.</summary>
    public static byte[] None() => new byte[Size];

    /// <summary>Adds the counts to a set; returns how many edges with counts are new there.</summary>
    public static int AddTo(byte[] seen)
    {
        var words = new ReadOnlySpan<ulong>(Counts, Size / sizeof(ulong));
        int added = 0;
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i] != 0)
            {
                added += AddWord(seen, i * sizeof(ulong));
            }
        }

        return added;
    }

    /// <summary>Whether an edge with its count is not in a set.</summary>
    public static bool HasNew(byte[] seen)
    {
        var words = new ReadOnlySpan<ulong>(Counts, Size / sizeof(ulong));
        for (int i = 0; i < words.Length; i++)
        {
            for (int at = i * sizeof(ulong); words[i] != 0 && at < (i + 1) * sizeof(ulong); at++)
            {
                if ((Classes[Counts[at]] & ~seen[at]) != 0)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Returns the counts as a set.</summary>
    public static byte[] Taken()
    {
        byte[] taken = None();
        AddTo(taken);
        return taken;
    }

    /// <summary>Returns the number of edges of a set, with any count.</summary>
    public static int Edges(byte[] seen) => seen.Length - seen.AsSpan().Count((byte)0);

    private static int AddWord(byte[] seen, int start)
    {
        int added = 0;
        for (int i = start; i < start + sizeof(ulong); i++)
        {
            byte bit = Classes[Counts[i]];
            if ((seen[i] & bit) != bit)
            {
                seen[i] |= bit;
                added++;
            }
        }

        return added;
    }

    private static byte ClassOf(int count) => count switch
    {
        0 => 0,
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };

    private static byte* Allocate()
    {
        var counts = (byte*)NativeMemory.AlignedAlloc(Size, 64);
        new Span<byte>(counts, Size).Clear();
        return counts;
    }
}
