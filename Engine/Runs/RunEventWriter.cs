using System.Globalization;
using Cnn.Proto.Formats.Events;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cnn.Engine.Runs;

/// <summary>
/// Writes what a run records to an event file, so that TensorBoard shows it: figures, histograms, images, and the
/// settings as hyper-parameters.
/// </summary>
internal sealed class RunEventWriter
{
    private const int PngColors = 25;
    private const string Settings = "hparams";
    private const string SettingsStart = "_hparams_/session_start_info", SettingsEnd = "_hparams_/session_end_info";

    private readonly EventFileWriter file;

    /// <summary>Begins a file with the start of a session and the settings.</summary>
    /// <param name="stream">The empty file; the caller flushes and closes it.</param>
    /// <param name="info">What is known of the run.</param>
    /// <param name="resumesAt">The iteration from which on the files before no longer count; 0 for a new run.</param>
    /// <param name="time">Seconds since 1970.</param>
    public RunEventWriter(Stream stream, RunInfo info, long resumesAt, double time)
    {
        file = new EventFileWriter(stream, time);
        Write(SessionLog.Types.SessionStatus.Start, resumesAt, time);
        var start = new SessionStartInfo { StartTimeSecs = time };
        foreach (RunSetting setting in info.Settings)
        {
            start.Hparams[setting.Name] = ValueOf(setting.Value);
        }

        Write(SettingsStart, resumesAt, time, new HParamsPluginData { Version = 0, SessionStartInfo = start });
    }

    /// <summary>Writes a figure, without allocating.</summary>
    public void Scalar(string name, long iteration, double time, double value) =>
        file.Write(name, iteration, time, (float)value);

    /// <summary>Writes a histogram.</summary>
    public void Histogram(string name, long iteration, double time, RunHistogram histogram)
    {
        var counts = new HistogramProto
        {
            Min = histogram.Min,
            Max = histogram.Max,
            Num = histogram.Counts.Sum(),
            Sum = histogram.Sum,
            SumSquares = histogram.SumOfSquares,
            BucketLimit = { histogram.Limits },
            Bucket = { histogram.Counts },
        };
        Write(iteration, time, new Summary.Types.Value { Tag = name, Histo = counts });
    }

    /// <summary>Writes an image.</summary>
    public void Image(string name, long iteration, double time, RunImage image)
    {
        var picture = new Summary.Types.Image
        {
            Width = image.Width,
            Height = image.Height,
            Colorspace = ChannelsOf(image.Png.Span),
            EncodedImageString = ByteString.CopyFrom(image.Png.Span),
        };
        var value = new Summary.Types.Value { Tag = name, Image = picture };
        if (image.Caption.Length > 0)
        {
            value.Metadata = new SummaryMetadata { SummaryDescription = image.Caption };
        }

        Write(iteration, time, value);
    }

    /// <summary>Writes the end of the session.</summary>
    public void End(RunState state, long iteration, double time)
    {
        var end = new SessionEndInfo
        {
            Status = state == RunState.Failed ? SessionEnd.StatusFailure : SessionEnd.StatusSuccess,
            EndTimeSecs = time,
        };
        Write(SettingsEnd, iteration, time, new HParamsPluginData { Version = 0, SessionEndInfo = end });
        Write(SessionLog.Types.SessionStatus.Stop, iteration, time);
    }

    // By the kind of colours in the PNG file's header.
    private static int ChannelsOf(ReadOnlySpan<byte> png) => png.Length <= PngColors ? 3 : png[PngColors] switch
    {
        0 => 1,
        4 => 2,
        6 => 4,
        _ => 3,
    };

    private static Value ValueOf(string text) =>
        text is "true" or "false" ? Value.ForBool(text == "true")
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number)
        ? Value.ForNumber(number)
        : Value.ForString(text);

    private void Write(SessionLog.Types.SessionStatus status, long step, double time) =>
        file.Write(new Event { WallTime = time, Step = step, SessionLog = new SessionLog { Status = status } });

    private void Write(string tag, long step, double time, HParamsPluginData content)
    {
        var plugin = new SummaryMetadata.Types.PluginData { PluginName = Settings, Content = content.ToByteString() };
        Write(step, time, new Summary.Types.Value
        {
            Tag = tag,
            Metadata = new SummaryMetadata { PluginData = plugin },
        });
    }

    private void Write(long step, double time, Summary.Types.Value value) =>
        file.Write(new Event { WallTime = time, Step = step, Summary = new Summary { Value = { value } } });
}
