using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Proto;

/// <summary>
/// Loads nets that others have published, from the folder that CNN_NETS names, and tells which share of them builds and
/// why the rest does not.
/// </summary>
internal static partial class PublicNets
{
    private const int CausesShown = 100;

    private static readonly int[][] UsualImages =
    [
        [1, 3, 224, 224], [1, 3, 300, 300], [1, 3, 360, 480], [1, 3, 473, 473], [1, 3, 16, 112, 112],
    ];

    /// <summary>The folder; null when the environment names none.</summary>
    public static string? Folder => Environment.GetEnvironmentVariable("CNN_NETS");

    /// <summary>A net that was tried.</summary>
    /// <param name="Path">Its file, below the folder.</param>
    /// <param name="IsDeployed">Whether it has no source of data of its own: its user fills its inputs.</param>
    /// <param name="Causes">Why it does not load; none when it does.</param>
    public sealed record Tried(string Path, bool IsDeployed, IReadOnlyList<string> Causes);

    /// <summary>Tries every net below a folder, each content once.</summary>
    public static IReadOnlyList<Tried> Try(string folder)
    {
        var tried = new List<Tried>();
        var contents = new HashSet<string>();
        using var pool = new WorkerPool(1);
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order())
        {
            if (Path.GetExtension(path) is not (".prototxt" or ".pt"))
            {
                continue;
            }

            string text = File.ReadAllText(path);
            if (Layers().IsMatch(text) && contents.Add(text))
            {
                bool isDeployed = !Source().IsMatch(text);
                tried.Add(new Tried(Path.GetRelativePath(folder, path), isDeployed, CausesOf(path, isDeployed, pool)));
            }
        }

        return tried;
    }

    /// <summary>Returns the shares that load and the causes of the rest, those that stop most nets first.</summary>
    public static string Report(IReadOnlyList<Tried> tried)
    {
        var report = new StringBuilder();
        Share("nets", tried);
        Share("deploy nets", [.. tried.Where(t => t.IsDeployed)]);
        Share("train nets", [.. tried.Where(t => !t.IsDeployed)]);
        var causes = tried.SelectMany(t => t.Causes.Distinct().Select(cause => (cause, t)))
            .GroupBy(c => c.cause, c => c.t)
            .OrderByDescending(c => c.Count())
            .ThenBy(c => c.Key, StringComparer.Ordinal);
        report.Append("nets  deploy  alone  cause, example\n");
        foreach (var cause in causes.Take(CausesShown))
        {
            int alone = cause.Count(t => t.Causes.Distinct().Count() == 1);
            report.Append(CultureInfo.InvariantCulture, $"{cause.Count(),4}  {cause.Count(t => t.IsDeployed),6}  ")
                .Append(CultureInfo.InvariantCulture, $"{alone,5}  {cause.Key}\n")
                .Append(CultureInfo.InvariantCulture, $"{"",21}{cause.First().Path}\n");
        }

        report.Append("nets that do not load\n");
        foreach (Tried net in tried.Where(t => t.Causes.Count > 0))
        {
            report.Append(CultureInfo.InvariantCulture, $"{net.Path}: {string.Join("; ", net.Causes.Distinct())}\n");
        }

        return report.ToString();

        void Share(string what, IReadOnlyList<Tried> of)
        {
            int loaded = of.Count(t => t.Causes.Count == 0);
            report.Append(
                CultureInfo.InvariantCulture,
                $"{loaded} of {of.Count} {what} load, {100.0 * loaded / Math.Max(1, of.Count):F1} %\n");
        }
    }

    private static List<string> CausesOf(string path, bool isDeployed, WorkerPool pool)
    {
        NetDefinition net;
        try
        {
            net = NetDefinition.Load(path);
        }
        catch (CnnException exception)
        {
            return [.. Causes(exception)];
        }

        // A net with sources of data is one for the phases in which it has them.
        Phase[] phases = isDeployed ? [Phase.Test] : [.. ((Phase[])[Phase.Train, Phase.Test]).Where(HasSource)];
        var causes = new List<string>();
        foreach (Phase phase in phases.Length == 0 ? [Phase.Train] : phases)
        {
            causes.AddRange(CausesOf(net, phase, pool));
        }

        return causes;

        bool HasSource(Phase phase) =>
            NetFilter.Keep(net.Message.Layer, StateOf(net, phase, StagesOf(net)), net.Sources)
                .Any(l => l.Bottom.Count == 0 && l.Type != "Input");
    }

    private static string[] StagesOf(NetDefinition net) =>
        [.. net.Message.Layer.SelectMany(l => l.Include.Concat(l.Exclude)).SelectMany(r => r.Stage).Distinct()];

    private static NetState StateOf(NetDefinition net, Phase phase, string[] stages)
    {
        NetState state = net.Message.State?.Clone() ?? new NetState();
        state.Phase = phase;
        state.Stage.Add(stages);
        return state;
    }

    // A net that asks for stages loads if it does in one of them.
    private static IReadOnlyList<string> CausesOf(NetDefinition net, Phase phase, WorkerPool pool)
    {
        IReadOnlyList<string> causes = [];
        foreach (string[] stages in (string[][])[[], .. StagesOf(net).Select(s => (string[])[s])])
        {
            if (NetFilter.Keep(net.Message.Layer, StateOf(net, phase, stages), net.Sources).Count > 0)
            {
                string[] now = [.. CausesOf(net, phase, stages, pool)];
                if (now.Length == 0)
                {
                    return [];
                }

                causes = causes.Count == 0 ? now : causes;
            }
        }

        return causes;
    }

    // Sources that do not tell the shape of their data are given usual ones.
    private static IEnumerable<string> CausesOf(NetDefinition net, Phase phase, string[] stages, WorkerPool pool)
    {
        IEnumerable<string> causes = [];
        foreach (int[] image in UsualImages)
        {
            foreach (int[] label in (int[][])[[1, 1, 1, 1], [1, 1, .. image[^2..]]])
            {
                bool isGuessed = false;
                string[] now = [.. CausesOf(net, phase, stages, pool, top =>
                {
                    isGuessed = true;
                    return LabelName().IsMatch(top) ? label : image;
                })];
                if (now.Length == 0 || !isGuessed)
                {
                    return now;
                }

                causes = causes.Any() ? causes : now;
            }
        }

        return causes;
    }

    private static IEnumerable<string> CausesOf(
        NetDefinition net, Phase phase, string[] stages, WorkerPool pool, Func<string, int[]> guess)
    {
        var shapes = new Dictionary<string, int[]>();
        int? batch = 1;
        while (true)
        {
            try
            {
                var options = new NetOptions
                {
                    Phase = phase,
                    Stages = stages,
                    Pool = pool,
                    BuildsQuietly = true,
                    MadeUp = new MadeUpData { Batch = batch, Shapes = shapes },
                };
                Net.Construct(net, options).Dispose();
                return [];
            }
            catch (CnnException exception) when (batch is not null && NoBatch().IsMatch(exception.Message))
            {
                batch = null;
            }
            catch (CnnException exception)
            {
                string[] asked =
                [
                    .. AskedShape().Matches(exception.Message).Select(m => m.Groups["top"].Value)
                        .Where(top => !shapes.ContainsKey(top)),
                ];
                if (asked.Length == 0)
                {
                    return Causes(exception);
                }

                foreach (string top in asked)
                {
                    shapes[top] = guess(top);
                }
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                return [$"BUG: {exception.GetType().Name}: {exception.Message}"];
            }
        }
    }

    // The list of missing types is followed by each of them.
    private static IEnumerable<string> Causes(CnnException exception) =>
        exception.Diagnostics.Where(d => !TypeList().IsMatch(d.Message)).Select(Cause);

    // What is the same for other nets: fields and types by their names, everything else without names and numbers.
    private static string Cause(Diagnostic mistake)
    {
        string cause = Count().Replace(mistake.Message, "");
        return AboutTheFormat().IsMatch(cause)
            ? cause
            : Number().Replace(Name().Replace(Parenthesis().Replace(cause, ""), "'...'"), "#");
    }

    [GeneratedRegex(@"^\s*(layers?|input)\s*[:{]", RegexOptions.Multiline)]
    private static partial Regex Layers();

    [GeneratedRegex(
        @"type\s*:\s*[""'](\w*Data|DataSequence|DetectNetTransformation)[""']|type\s*:\s*([A-Z0-9]+_)?DATA\b"
        + @"|[""'](roi_data_layer|input)[.\w]*[""']|layer\s*:\s*[""']\w*DataLayer[""']")]
    private static partial Regex Source();

    [GeneratedRegex(@"--shape (?<top>[^=\s]+)=")]
    private static partial Regex AskedShape();

    // Names of labels, of an image or of its pixels.
    [GeneratedRegex("label|^sem$|^geo$")]
    private static partial Regex LabelName();

    [GeneratedRegex("takes the batch size")]
    private static partial Regex NoBatch();

    [GeneratedRegex(@"^\d+ layer types are not known: ")]
    private static partial Regex TypeList();

    [GeneratedRegex(@" \(\d+ (times|layers?)\)")]
    private static partial Regex Count();

    [GeneratedRegex("^(unknown|field|layer type|layers in Python|expected|[A-Z]\\w+ '|required)")]
    private static partial Regex AboutTheFormat();

    [GeneratedRegex(@" \([^)]*:\d+\)")]
    private static partial Regex Parenthesis();

    [GeneratedRegex("'[^']*'")]
    private static partial Regex Name();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
