using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Cnn.Proto;

namespace Cnn.Engine.Runs;

/// <summary>
/// Reads the log of a training run, of this program or of Caffe, as a run: losses, test scores, learning rate and
/// speed, and of Caffe's logs the settings and nets that it prints.
/// </summary>
public sealed class TrainingLogFile
{
    // A definition that is longer is cut off: it is there to be looked at.
    private const int LongestDefinition = 200_000;

    // glog names no year; a leap year has every day.
    private const int SomeYear = 2000;

    private readonly RunRecord run;
    private readonly List<RunSetting> settings = [];
    private readonly Dictionary<string, string> definitions = [];
    private StringBuilder? block;
    private string blockName = "";
    private DateTime? begin;
    private DateTime last;
    private string test = "test";
    private long testIteration, shownIteration;
    private bool hasSpeed;

    private TrainingLogFile(string name) => run = new RunRecord { Name = name, State = RunState.Killed };

    private bool Averages => settings.Find(s => s.Name == "average_loss") is { } average && average.Value != "1";

    /// <summary>Reads a log.</summary>
    /// <returns>The run; one whose log has no end counts as killed: a log does not tell that it goes on.</returns>
    /// <exception cref="CnnException">The file cannot be read or holds no figure.</exception>
    public static RunRecord Read(string path)
    {
        FileText.RequireFile(path);
        var log = new TrainingLogFile(Path.GetFileNameWithoutExtension(path));
        try
        {
            foreach (string line in File.ReadLines(path))
            {
                log.Take(line);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(path, "read", exception)!;
        }

        return log.run.Curves.Count > 0
            ? log.End()
            : throw new CnnException(
                $"'{path}' holds neither tests nor displayed losses", "give the log of a training run");
    }

    private void Take(string line)
    {
        if (LogLine.Any().Match(line) is not { Success: true } any)
        {
            if (block?.Length < LongestDefinition)
            {
                block.Append(line).Append('\n');
            }

            return;
        }

        EndBlock();
        Note(any);
        if (!TakeFigure(line))
        {
            TakeText(any.Groups["level"].Value, any.Groups["text"].Value, line);
        }
    }

    private bool TakeFigure(string line)
    {
        if (LogLine.Test().Match(line) is { Success: true } begins)
        {
            testIteration = Whole(begins.Groups["iteration"]);
            test = begins.Groups["net"].Value == "0" ? "test" : $"test{begins.Groups["net"].Value}";
            return true;
        }

        if (LogLine.TestOutput().Match(line) is { Success: true } output)
        {
            Add($"{test}/{output.Groups["name"].Value}", testIteration, output);
            return true;
        }

        if (LogLine.TrainOutput().Match(line) is { Success: true } train)
        {
            AddOutput(train);
            return true;
        }

        if (LogLine.Rate().Match(line) is { Success: true } rate)
        {
            Add(CurveNames.LearningRate, Whole(rate.Groups["iteration"]), rate);
            return true;
        }

        if (LogLine.Loss().Match(line) is { Success: true } loss)
        {
            AddLoss(loss);
            return true;
        }

        return false;
    }

    private void AddLoss(Match loss)
    {
        shownIteration = Whole(loss.Groups["iteration"]);
        run.Iteration = Math.Max(run.Iteration, shownIteration);
        hasSpeed |= loss.Groups["speed"].Success;

        // The last line of a run, which names no speed, has the loss of a single batch.
        bool isAverage = Averages && (loss.Groups["speed"].Success || !hasSpeed);
        Add(isAverage ? CurveNames.SmoothedLoss : CurveNames.Loss, shownIteration, loss);
        double speed = Number(loss.Groups["rate"]);
        if (double.IsFinite(speed) && speed > 0)
        {
            run.Add(CurveNames.IterationsPerSecond, shownIteration, speed);
        }
    }

    // The displayed loss of a run that does not average is the output of its loss layer.
    private void AddOutput(Match output)
    {
        string name = output.Groups["name"].Value;
        if (name != "loss" || Averages)
        {
            Add($"train/{name}", shownIteration, output);
        }
    }

    private void TakeText(string level, string text, string line)
    {
        if (LogLine.Snapshot().Match(line) is { Success: true } snapshot)
        {
            run.LastSnapshot = snapshot.Groups["path"].Value.TrimEnd();
        }
        else if (level == "F")
        {
            (run.State, run.Failure) = (RunState.Failed, text);
        }
        else if (text.StartsWith("Optimization stopped early", StringComparison.Ordinal))
        {
            run.State = RunState.Stopped;
        }
        else if (text.StartsWith("Optimization Done", StringComparison.Ordinal) && run.State == RunState.Killed)
        {
            run.State = RunState.Completed;
        }
        else if (text.StartsWith("Solving ", StringComparison.Ordinal))
        {
            run.Info = run.Info with { Net = text["Solving ".Length..].Trim() };
        }
        else if (text.StartsWith("Initializing solver from parameters", StringComparison.Ordinal))
        {
            BeginBlock("solver");
        }
        else if (text.StartsWith("Initializing net from parameters", StringComparison.Ordinal))
        {
            BeginBlock(definitions.ContainsKey("train_net.prototxt") ? "test_net" : "train_net");
        }
    }

    private void BeginBlock(string name) => (blockName, block) = ($"{name}.prototxt", new StringBuilder());

    private void EndBlock()
    {
        string text = block?.ToString() ?? "";
        if (text.Length > 0 && definitions.TryAdd(blockName, text) && blockName == "solver.prototxt")
        {
            settings.AddRange(Settings(text));
        }

        block = null;
    }

    // The fields of a message as protobuf prints it; those of messages inside it are left out.
    private static IEnumerable<RunSetting> Settings(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon > 0 && !char.IsWhiteSpace(line[0]))
            {
                yield return new RunSetting(line[..colon], line[(colon + 2)..].Trim().Trim('"'));
            }
        }
    }

    private void Note(Match line)
    {
        string text = $"{SomeYear}{line.Groups["month"].Value}{line.Groups["day"].Value} {line.Groups["time"].Value}";
        if (!DateTime.TryParseExact(
            text, "yyyyMMdd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime time))
        {
            return;
        }

        // Lines of threads can change places; only a new year goes back by months.
        begin ??= time;
        last = time < begin.Value.AddDays(-100) ? time.AddYears(1) : time;
    }

    private RunRecord End()
    {
        EndBlock();
        run.Duration = begin is { } from && last > from ? last - from : TimeSpan.Zero;
        long iterations = long.TryParse(
            settings.Find(s => s.Name == "max_iter")?.Value, CultureInfo.InvariantCulture, out long most) ? most : 0;
        run.Iteration = run.State == RunState.Completed && iterations > 0
            ? iterations
            : run.Curves.Max(c => c.Last?.Iteration ?? 0);
        run.Info = run.Info with { Settings = settings, MaxIterations = iterations };
        run.Definitions = definitions;
        if (run.State == RunState.Killed)
        {
            run.Failure = "The log has no end: the run goes on, or its process was killed.";
        }

        return run;
    }

    // Of an output with several values, the first counts.
    private void Add(string name, long iteration, Match match)
    {
        if (!run.TryFind(name, out RunCurve? curve) || curve.Last?.Iteration != iteration)
        {
            run.Add(name, iteration, Number(match.Groups["value"]));
        }
    }

    private static long Whole(Group group) =>
        long.TryParse(group.ValueSpan, CultureInfo.InvariantCulture, out long value) ? value : 0;

    private static double Number(Group group) =>
        double.TryParse(group.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : double.NaN;
}
