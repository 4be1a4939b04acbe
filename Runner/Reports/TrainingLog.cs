using System.Globalization;
using System.Text.RegularExpressions;
using Cnn.Engine.Runs;
using Cnn.Proto;

namespace Cnn.Runner.Reports;

/// <summary>
/// The curves in the log of a training run, of this program or of Caffe: the smoothed loss in training and each output
/// of each test net, against iterations.
/// </summary>
internal sealed class TrainingLog
{
    /// <summary>The name of the curve of the loss in training.</summary>
    public const string TrainLoss = "train loss";

    private readonly Dictionary<string, Curve> curves = [];

    private TrainingLog(string path) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>
    /// The curves, in order of their first values in the log; a test's outputs under their own names, with " #k" after
    /// those of test net k from 1 on.
    /// </summary>
    public IReadOnlyList<Curve> Curves => [.. curves.Values];

    /// <summary>Reads a log.</summary>
    /// <exception cref="CnnException">The file cannot be read or holds no curve.</exception>
    public static TrainingLog Read(string path)
    {
        FileText.RequireFile(path);
        var log = new TrainingLog(path);
        try
        {
            log.Take(File.ReadLines(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(path, "read", exception)!;
        }

        return log.curves.Count > 0
            ? log
            : throw new CnnException(
                $"'{path}' holds neither tests nor displayed losses", "give the log of a training run");
    }

    private void Take(IEnumerable<string> lines)
    {
        double iteration = 0;
        string net = "";
        bool hasSpeed = false;
        foreach (string line in lines)
        {
            if (LogLine.Test().Match(line) is { Success: true } test)
            {
                iteration = Number(test.Groups["iteration"]);
                net = test.Groups["net"].Value == "0" ? "" : $" #{test.Groups["net"].Value}";
            }
            else if (LogLine.TestOutput().Match(line) is { Success: true } output)
            {
                Of(output.Groups["name"].Value + net, output.Groups["weight"].Success)
                    .Add(iteration, Number(output.Groups["value"]));
            }
            else if (LogLine.Loss().Match(line) is { Success: true } shown)
            {
                // The last line of a run, which names no speed, has the loss of a single batch.
                hasSpeed |= shown.Groups["speed"].Success;
                if (hasSpeed && !shown.Groups["speed"].Success)
                {
                    continue;
                }

                Of(TrainLoss, true).Add(Number(shown.Groups["iteration"]), Number(shown.Groups["value"]));
            }
        }
    }

    private Curve Of(string name, bool isLoss)
    {
        if (!curves.TryGetValue(name, out Curve? curve))
        {
            curves[name] = curve = new Curve(name, isLoss);
        }

        return curve;
    }

    private static double Number(Group group) =>
        double.TryParse(group.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : double.NaN;
}
