using Cnn.Proto;
using Cnn.Proto.Formats.Events;

namespace Cnn.Engine.Runs;

/// <summary>
/// Reads the histograms and images of a run from its event files; the figures have a file of their own.
/// </summary>
internal static class RunEventReader
{
    private const int MostLimits = 10_000;

    /// <summary>Adds the histograms and images of a folder to a record.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="record">The record.</param>
    /// <param name="warn">Takes the warning of a damaged file, which counts up to its damage.</param>
    public static void Read(string folder, RunRecord record, Action<Diagnostic>? warn)
    {
        foreach (string path in RunFiles.EventFilesIn(folder))
        {
            try
            {
                foreach (Event read in EventFileReader.Read(path))
                {
                    Add(read, record);
                }
            }
            catch (CnnException exception)
            {
                warn?.Invoke(exception.Diagnostics[0]);
            }
        }
    }

    private static void Add(Event read, RunRecord record)
    {
        if (read.SessionLog is { Status: SessionLog.Types.SessionStatus.Start })
        {
            record.RemovePicturesFrom(read.Step);
        }

        foreach (Summary.Types.Value value in read.Summary?.Value ?? [])
        {
            if (value.Histo is { } counts && HistogramOf(counts) is { } histogram)
            {
                record.Add(value.Tag, read.Step, histogram);
            }
            else if (value.Image is { EncodedImageString.Length: > 0 } image)
            {
                var png = new RunImage(
                    image.EncodedImageString.Memory,
                    image.Width,
                    image.Height,
                    value.Metadata?.SummaryDescription ?? "");
                record.Add(value.Tag, read.Step, png);
            }
        }
    }

    // Returns null where limits and counts do not fit together.
    private static RunHistogram? HistogramOf(HistogramProto counts) =>
        counts.BucketLimit.Count != counts.Bucket.Count || counts.Bucket.Count > MostLimits ? null : new RunHistogram(
            [.. counts.BucketLimit], [.. counts.Bucket], counts.Min, counts.Max, counts.Sum, counts.SumSquares);
}
