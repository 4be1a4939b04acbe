using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Cnn.Layers.Threading;

namespace Cnn.Runner.Reports;

/// <summary>
/// Measures the machine's limit: independent fused multiply-adds in registers, on every core at once.
/// </summary>
internal static class Peak
{
    private const int Rounds = 40_000;

    // Twelve chains cover the latency of two multiply-adds per cycle and fit any register file.
    private const int Chains = 12;

    /// <summary>Returns the peak of every vector width that the machine has, one per line.</summary>
    public static string Text(int threads)
    {
        List<(string Name, double Peak)> widths = [("widest  ", Widest(threads))];
        if (Avx512F.IsSupported)
        {
            widths.Add(("512 bits", Of<Loop512>(threads)));
        }

        if (Fma.IsSupported)
        {
            widths.Add(("256 bits", Of<Loop256>(threads)));
        }

        widths.Add(("128 bits", Of<Loop128>(threads)));
        return $"{threads} threads, GFLOP/s in float32:\n"
            + string.Concat(widths.Select(w =>
                string.Create(CultureInfo.InvariantCulture, $"  {w.Name} {w.Peak * 1e-9:F1}\n")));
    }

    /// <summary>Returns operations per second with the widest vectors.</summary>
    public static double Widest(int threads) =>
        Avx512F.IsSupported ? Of<Loop512>(threads) : Fma.IsSupported ? Of<Loop256>(threads) : Of<Loop128>(threads);

    // The threads of a pool may share a core until the system spreads them, so this takes the best of several pools.
    private static double Of<T>(int threads)
        where T : struct, ILoop => Enumerable.Range(0, 3).Max(_ => OfOnePool<T>(threads));

    private static double OfOnePool<T>(int threads)
        where T : struct, ILoop
    {
        using var pool = new WorkerPool(threads);
        var job = default(Job<T>);
        return T.Lanes * 2.0 * Chains * Rounds * threads / Measure.Of(() => pool.Run(threads, ref job), 0.15).Least;
    }

    private struct Job<T> : IParallelJob
        where T : struct, ILoop
    {
        public float Sink;

        public void Run(int part, int worker) => Sink = T.Run(1.0f + part);
    }

    private interface ILoop
    {
        static abstract int Lanes { get; }

        static abstract float Run(float start);
    }

    private readonly struct Loop512 : ILoop
    {
        public static int Lanes => 16;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static float Run(float start)
        {
            var x = Vector512.Create(start);
            var y = Vector512.Create(0.5f);
            Vector512<float> c0 = x, c1 = x, c2 = x, c3 = x, c4 = x, c5 = x;
            Vector512<float> c6 = x, c7 = x, c8 = x, c9 = x, c10 = x, c11 = x;
            for (int i = 0; i < Rounds; i++)
            {
                c0 = Avx512F.FusedMultiplyAdd(x, y, c0);
                c1 = Avx512F.FusedMultiplyAdd(x, y, c1);
                c2 = Avx512F.FusedMultiplyAdd(x, y, c2);
                c3 = Avx512F.FusedMultiplyAdd(x, y, c3);
                c4 = Avx512F.FusedMultiplyAdd(x, y, c4);
                c5 = Avx512F.FusedMultiplyAdd(x, y, c5);
                c6 = Avx512F.FusedMultiplyAdd(x, y, c6);
                c7 = Avx512F.FusedMultiplyAdd(x, y, c7);
                c8 = Avx512F.FusedMultiplyAdd(x, y, c8);
                c9 = Avx512F.FusedMultiplyAdd(x, y, c9);
                c10 = Avx512F.FusedMultiplyAdd(x, y, c10);
                c11 = Avx512F.FusedMultiplyAdd(x, y, c11);
            }

            return Vector512.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
        }
    }

    private readonly struct Loop256 : ILoop
    {
        public static int Lanes => 8;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static float Run(float start)
        {
            var x = Vector256.Create(start);
            var y = Vector256.Create(0.5f);
            Vector256<float> c0 = x, c1 = x, c2 = x, c3 = x, c4 = x, c5 = x;
            Vector256<float> c6 = x, c7 = x, c8 = x, c9 = x, c10 = x, c11 = x;
            for (int i = 0; i < Rounds; i++)
            {
                c0 = Fma.MultiplyAdd(x, y, c0);
                c1 = Fma.MultiplyAdd(x, y, c1);
                c2 = Fma.MultiplyAdd(x, y, c2);
                c3 = Fma.MultiplyAdd(x, y, c3);
                c4 = Fma.MultiplyAdd(x, y, c4);
                c5 = Fma.MultiplyAdd(x, y, c5);
                c6 = Fma.MultiplyAdd(x, y, c6);
                c7 = Fma.MultiplyAdd(x, y, c7);
                c8 = Fma.MultiplyAdd(x, y, c8);
                c9 = Fma.MultiplyAdd(x, y, c9);
                c10 = Fma.MultiplyAdd(x, y, c10);
                c11 = Fma.MultiplyAdd(x, y, c11);
            }

            return Vector256.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
        }
    }

    private readonly struct Loop128 : ILoop
    {
        public static int Lanes => 4;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static float Run(float start)
        {
            var x = Vector128.Create(start);
            var y = Vector128.Create(0.5f);
            Vector128<float> c0 = x, c1 = x, c2 = x, c3 = x, c4 = x, c5 = x;
            Vector128<float> c6 = x, c7 = x, c8 = x, c9 = x, c10 = x, c11 = x;
            for (int i = 0; i < Rounds; i++)
            {
                c0 = Vector128.MultiplyAddEstimate(x, y, c0);
                c1 = Vector128.MultiplyAddEstimate(x, y, c1);
                c2 = Vector128.MultiplyAddEstimate(x, y, c2);
                c3 = Vector128.MultiplyAddEstimate(x, y, c3);
                c4 = Vector128.MultiplyAddEstimate(x, y, c4);
                c5 = Vector128.MultiplyAddEstimate(x, y, c5);
                c6 = Vector128.MultiplyAddEstimate(x, y, c6);
                c7 = Vector128.MultiplyAddEstimate(x, y, c7);
                c8 = Vector128.MultiplyAddEstimate(x, y, c8);
                c9 = Vector128.MultiplyAddEstimate(x, y, c9);
                c10 = Vector128.MultiplyAddEstimate(x, y, c10);
                c11 = Vector128.MultiplyAddEstimate(x, y, c11);
            }

            return Vector128.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
        }
    }
}
