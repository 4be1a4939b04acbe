using Cnn.Layers;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;
using Cnn.Runner.Reports;

namespace Cnn.Bench;

/// <summary>
/// Measures GEMM at the requested size, by default 1024 x 1024 x 1024. <c>--small</c> adds the sizes of LeNet's fully
/// connected layers, <c>--few</c> matrices of few rows.
/// </summary>
internal static unsafe class GemmBench
{
    public static int Run(string[] args)
    {
        int size = Options.Number(args, "--size", 1024);
        int m = Options.Number(args, "--m", size);
        int n = Options.Number(args, "--n", size);
        int k = Options.Number(args, "--k", size);
        foreach (int threads in Options.ThreadCounts(args))
        {
            double peak = Peak.Widest(threads);
            Console.WriteLine($"{threads} threads, peak {peak * 1e-9:F1} GFLOP/s");
            foreach (var (a, b) in new[] { (false, false), (false, true), (true, false), (true, true) })
            {
                Report(threads, peak, a, b, m, n, k);
            }

            if (args.Contains("--few"))
            {
                foreach (int rows in (int[])[2, 4, 10, 16, 24, 32])
                {
                    Report(threads, peak, false, true, rows, 4096, 9216);
                    Report(threads, peak, true, false, 4096, 9216, rows);
                    Report(threads, peak, false, false, rows, 9216, 4096);
                }
            }

            if (args.Contains("--small"))
            {
                Report(threads, peak, false, true, 64, 500, 800);
                Report(threads, peak, true, false, 500, 800, 64);
                Report(threads, peak, false, false, 64, 800, 500);
                Report(threads, peak, false, true, 64, 10, 500);
                Report(threads, peak, true, false, 10, 500, 64);
                Report(threads, peak, false, false, 64, 500, 10);
                Report(threads, peak, false, true, 1, 4096, 4096);
            }
        }

        return 0;
    }

    private static void Report(int threads, double peak, bool transposeA, bool transposeB, int m, int n, int k)
    {
        using var pool = new WorkerPool(threads);
        var (a, b, c) = (new AlignedBuffer(m * k), new AlignedBuffer(k * n), new AlignedBuffer(m * n));
        a.Span.Fill(0.5f);
        b.Span.Fill(0.25f);
        int lda = transposeA ? m : k, ldb = transposeB ? k : n;
        var measure = Measure.Of(() => GemmKernel.Run(
            pool, transposeA, transposeB, m, n, k, a.Pointer, lda, b.Pointer, ldb, c.Pointer, n));
        Console.WriteLine(
            $"  {m,5} x {n,5} x {k,5} {(transposeA ? "A'" : "A ")} {(transposeB ? "B'" : "B ")} "
            + measure.Text(2.0 * m * n * k, peak));
    }
}
