using System.Runtime.InteropServices;
using Cnn.Layers.Data.Transform;

namespace Cnn.Runner.DataSets.Inspection;

/// <summary>Counts the images of a source.</summary>
/// <param name="source">The source.</param>
/// <param name="mostBad">How many images that cannot be decoded to list; all are counted.</param>
internal sealed class SourceTally(InspectedSource source, int mostBad)
{
    private readonly SortedDictionary<RecordKind, long> records = [];
    private readonly Dictionary<ImageShape, long> sizes = [];
    private readonly Dictionary<int, long> labels = [];
    private readonly List<BadRecord> bad = [];
    private long badCount;

    /// <summary>Counts an image.</summary>
    public void Add(long index, InspectedImage image)
    {
        if (image.Problem is { } problem)
        {
            badCount++;
            if (bad.Count < mostBad)
            {
                bad.Add(new BadRecord(index, source.NameOf(index), problem));
            }

            return;
        }

        records[image.Kind] = records.GetValueOrDefault(image.Kind) + 1;
        CollectionsMarshal.GetValueRefOrAddDefault(sizes, image.Shape, out _)++;
        CollectionsMarshal.GetValueRefOrAddDefault(labels, image.Label, out _)++;
    }

    /// <summary>Returns the counts.</summary>
    /// <param name="path">The source, as it was named.</param>
    public SourceReport Report(string path) => new()
    {
        Path = path,
        Kind = source.Kind,
        Count = source.Count,
        Records = records,
        Sizes =
        [
            .. sizes.Select(s => new SizeCount(s.Key.Channels, s.Key.Height, s.Key.Width, s.Value))
                .OrderByDescending(s => s.Count)
                .ThenBy(s => s.Channels)
                .ThenBy(s => s.Height)
                .ThenBy(s => s.Width),
        ],
        Labels = source.HasLabels
            ? [.. labels.OrderBy(l => l.Key).Select(l => new LabelCount(l.Key, NameOf(l.Key), l.Value))]
            : [],
        BadCount = badCount,
        Bad = bad,
    };

    private string? NameOf(int label) => label >= 0 && label < source.Classes.Count ? source.Classes[label] : null;
}
