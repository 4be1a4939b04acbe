using Cnn.Layers.Threading;
using CodeType = Cnn.Proto.PriorBoxParameter.Types.CodeType;

namespace Cnn.Layers.Detection.Boxes;

/// <summary>Decodes the predictions of a batch, see <see cref="BoxCode"/>.</summary>
internal static unsafe class BoxDecoder
{
    private const int BoxesPerPart = 512;

    /// <summary>Decodes locations [items, priors, perPrior] to boxes of the same shape.</summary>
    public static void Run(
        CodeType kind, PriorTable priors, Box* locations, Box* boxes, int items, int perPrior, WorkerPool pool)
    {
        int rowsPerPart = Math.Max(1, BoxesPerPart / Math.Max(1, perPrior)), rows = checked(items * priors.Count);
        var job = new Job(kind, priors, locations, boxes, rows, rowsPerPart, perPrior);
        pool.Run((rows + rowsPerPart - 1) / rowsPerPart, ref job);
    }

    /// <summary>
    /// Decodes locations [items, priors, perPrior] that are relative to boxes of each item, [items, priors], with the
    /// variances of the priors.
    /// </summary>
    public static void RunRelative(
        CodeType kind, PriorTable priors, Box* references, Box* locations, Box* boxes, int items, int perPrior,
        WorkerPool pool)
    {
        int rowsPerPart = Math.Max(1, BoxesPerPart / Math.Max(1, perPrior)), rows = checked(items * priors.Count);
        var job = new Job(kind, priors, locations, boxes, rows, rowsPerPart, perPrior, references);
        pool.Run((rows + rowsPerPart - 1) / rowsPerPart, ref job);
    }

    private readonly struct Job(
        CodeType kind, PriorTable priors, Box* locations, Box* boxes, int rows, int rowsPerPart, int perPrior,
        Box* references = null) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int row = part * rowsPerPart, end = Math.Min(rows, row + rowsPerPart);
            for (; row < end; row++)
            {
                int prior = row % priors.Count;
                Box box = references == null ? priors[prior] : references[row], variance = priors.Variance(prior);
                long first = (long)row * perPrior;
                for (long i = first; i < first + perPrior; i++)
                {
                    boxes[i] = BoxCode.Decode(kind, box, variance, locations[i]);
                }
            }
        }
    }
}
