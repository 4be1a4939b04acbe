using System.Text.RegularExpressions;
using Cnn.Campaigns.Processes;
using Cnn.Proto;

namespace Cnn.Campaigns.SystemErrors;

/// <summary>Runs the program under strace, which sees the calls on chosen paths and can make them fail.</summary>
internal static partial class Strace
{
    /// <summary>Stands for the number of the process in a path, since the names of temporary files have it.</summary>
    public const string ProcessMark = "$$";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Requires strace.</summary>
    /// <exception cref="CnnException">It is not installed or may not trace.</exception>
    public static void Require()
    {
        if (StraceProgram.Missing is { } missing)
        {
            throw new CnnException(
                $"strace does not run here: {missing}", "install it, where a process may trace another");
        }
    }

    /// <summary>
    /// Runs a command and returns how often each call was made on each path by one thread, at the most.
    /// </summary>
    /// <param name="folder">The folder to run in.</param>
    /// <param name="arguments">The command line of <c>cnn</c>.</param>
    /// <param name="paths">The paths below the folder to look at.</param>
    /// <param name="result">What the process left.</param>
    public static IReadOnlyDictionary<(string Path, string Call), int> Trace(
        string folder, IReadOnlyList<string> arguments, IReadOnlyCollection<string> paths, out ProcessResult result)
    {
        string log = Run(folder, arguments, paths, ["trace=%file,%desc"], out result, out int process);
        var names = paths.ToDictionary(p => Path.Combine(folder, p.Replace(ProcessMark, $"{process}")), p => p);
        return log.Split('\n')
            .Select(line => CallLine().Match(line))
            .Where(m => m.Success)
            .Select(m => (Match: m, Path: PathIn(m.Groups["rest"].Value, names)))
            .Where(found => found.Path is not null)
            .GroupBy(found => (
                found.Path!, Call: found.Match.Groups["call"].Value, Thread: found.Match.Groups["thread"].Value))
            .GroupBy(g => (g.Key.Item1, g.Key.Call), g => g.Count())
            .ToDictionary(g => g.Key, g => g.Max());
    }

    /// <summary>Runs a command in which one call fails.</summary>
    /// <returns>Whether the call was made, and so failed.</returns>
    /// <exception cref="TimeoutException">The command does not end.</exception>
    public static bool Inject(
        string folder, IReadOnlyList<string> arguments, FaultPoint point, out ProcessResult result)
    {
        string log = Run(
            folder, arguments, [point.Path], [$"trace={point.Call}", point.Injection], out result, out _);
        return log.Contains("(INJECTED)", StringComparison.Ordinal);
    }

    // With -D the traced process is the one that is started, whose number the shell knows before.
    private static string Run(
        string folder,
        IReadOnlyList<string> arguments,
        IEnumerable<string> paths,
        IEnumerable<string> expressions,
        out ProcessResult result,
        out int process)
    {
        using var logs = new TemporaryFolder();
        string watched = string.Concat(paths.Select(p => $" -P \"$folder/{p}\""));
        string chosen = string.Concat(expressions.Select(e => $" -e {e}"));
        string script = $"folder=$0; echo $$ > '{logs["pid"]}'; "
            + $"exec strace -D -f -qq -y --seccomp-bpf -o '{logs["log"]}'{watched}{chosen} \"$@\"";
        result = CnnRun.Finish(folder, Limit, arguments, ["sh", "-c", script, folder]);
        process = int.Parse(File.ReadAllText(logs["pid"]), System.Globalization.CultureInfo.InvariantCulture);
        return File.ReadAllText(logs["log"]);
    }

    // The descriptor's path stands in angle brackets, an argument's in quotes. Of a call on two paths the first counts.
    private static string? PathIn(string line, Dictionary<string, string> names) => PathText().Matches(line)
        .Select(m => names.GetValueOrDefault(m.Groups["path"].Value))
        .FirstOrDefault(p => p is not null);

    [GeneratedRegex(@"^(?<thread>\d+) +(?<call>\w+)\((?<rest>.*)$")]
    private static partial Regex CallLine();

    [GeneratedRegex("(?:<|\")(?<path>/[^>\"]*)(?:>|\")")]
    private static partial Regex PathText();
}
