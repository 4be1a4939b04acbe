using System.Text.RegularExpressions;

namespace Cnn.Engine.Runs;

/// <summary>The lines of a training log, of this program or of Caffe, that tell something of the run.</summary>
internal static partial class LogLine
{
    /// <summary>A test begins: <c>iteration</c>, <c>net</c>.</summary>
    [GeneratedRegex(@"\] Iteration (?<iteration>\d+), Testing net \(#(?<net>\d+)\)", RegexOptions.CultureInvariant)]
    public static partial Regex Test();

    /// <summary>An output of a test: <c>name</c>, <c>value</c>, <c>weight</c> where it is a loss.</summary>
    [GeneratedRegex(
        @"\]\s+Test net output #\d+: (?<name>\S+) = (?<value>\S+)(?<weight> \(\*)?", RegexOptions.CultureInvariant)]
    public static partial Regex TestOutput();

    /// <summary>An output of the training net: <c>name</c>, <c>value</c>.</summary>
    [GeneratedRegex(@"\]\s+Train net output #\d+: (?<name>\S+) = (?<value>\S+)", RegexOptions.CultureInvariant)]
    public static partial Regex TrainOutput();

    /// <summary>
    /// A displayed loss: <c>iteration</c>, <c>value</c>, and <c>speed</c> with <c>rate</c> where given.
    /// </summary>
    [GeneratedRegex(
        @"\] Iteration (?<iteration>\d+)(?<speed> \((?<rate>\S+) iter/s[^)]*\)| \([^)]*\))?, loss = (?<value>\S+)",
        RegexOptions.CultureInvariant)]
    public static partial Regex Loss();

    /// <summary>A learning rate: <c>iteration</c>, <c>value</c>.</summary>
    [GeneratedRegex(@"\] Iteration (?<iteration>\d+), lr = (?<value>\S+)", RegexOptions.CultureInvariant)]
    public static partial Regex Rate();

    /// <summary>A snapshot of the solver: <c>path</c>.</summary>
    [GeneratedRegex(@"\] Snapshotting solver state to .*?file (?<path>\S.*)$", RegexOptions.CultureInvariant)]
    public static partial Regex Snapshot();

    /// <summary>What every line of glog begins with: <c>level</c>, the time, and <c>text</c>.</summary>
    [GeneratedRegex(
        @"^(?<level>[IWEF])(\d{4})?(?<month>\d\d)(?<day>\d\d) (?<time>\d\d:\d\d:\d\d\.\d+)\s.*?\] ?(?<text>.*)$",
        RegexOptions.CultureInvariant)]
    public static partial Regex Any();
}
