using System.Buffers.Binary;
using Cnn.Proto;
using Cnn.Proto.Formats.Hdf5;
using PureHDF;

namespace Cnn.Campaigns.Crash.Commands;

/// <summary>Looks at what a crashed command left.</summary>
internal static class CommandChecks
{
    /// <summary>Returns what is wrong after a crash: a target is neither what it was nor what it becomes.</summary>
    /// <param name="scenario">The command.</param>
    /// <param name="content">What the folder holds.</param>
    /// <param name="final">What it holds after the command.</param>
    /// <param name="file">A file that may be written to look at a content.</param>
    public static string? AfterCrash(
        CommandScenario scenario,
        SortedDictionary<string, byte[]?> content,
        SortedDictionary<string, byte[]?> final,
        string file) => scenario.Targets
            .Select(target => !content.TryGetValue(target, out byte[]? bytes)
                ? scenario.Old is null ? null : $"{target} is gone"
                : bytes is null ? OfFolder(scenario, target, content, final)
                : scenario.AreSame(bytes, final[target]) || scenario.AreSame(bytes, scenario.Old) ? null
                : scenario.Appends ? OfRows(file, bytes)
                : $"{target} is neither the old file nor the new one")
            .FirstOrDefault(wrong => wrong is not null);

    /// <summary>Returns what is wrong at the end: the targets must be those of a command that never stopped.</summary>
    public static string? AtEnd(
        CommandScenario scenario, SortedDictionary<string, byte[]?> content, SortedDictionary<string, byte[]?> final) =>
        final.Keys.Where(path => !content.ContainsKey(path) || !scenario.AreSame(content[path], final[path]))
            .Select(path => $"{path} is not that of a command that never stopped")
            .Concat(content.Keys.Where(path => !final.ContainsKey(path) && !MayStay(scenario, path))
                .Select(path => $"{path} is left over"))
            .FirstOrDefault();

    /// <summary>Whether all targets are there as a whole.</summary>
    public static bool IsDone(
        CommandScenario scenario, SortedDictionary<string, byte[]?> content, SortedDictionary<string, byte[]?> final) =>
        final.Keys.Where(path => scenario.Targets.Any(t => IsIn(path, t)))
            .All(path => content.ContainsKey(path) && scenario.AreSame(content[path], final[path]));

    private static string? OfFolder(
        CommandScenario scenario,
        string target,
        SortedDictionary<string, byte[]?> content,
        SortedDictionary<string, byte[]?> final)
    {
        string? wrong = final.Keys.FirstOrDefault(
            path => IsIn(path, target)
                && !(content.TryGetValue(path, out byte[]? bytes) && scenario.AreSame(bytes, final[path])));
        return wrong is not null
            ? $"{target} has its name, but {wrong} is {(content.ContainsKey(wrong) ? "another file" : "not there")}"
            : content.Keys
                .Where(path => IsIn(path, target) && !final.ContainsKey(path))
                .Where(path => Path.GetFileName(path) != scenario.MayStay)
                .Select(path => $"{path} is left in a database")
                .FirstOrDefault();
    }

    // A file of rows is whole at any time: what its header tells is there.
    private static string? OfRows(string path, byte[] bytes)
    {
        const int LengthPlace = 40;
        File.WriteAllBytes(path, bytes);
        try
        {
            long length = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(LengthPlace));
            long rows = 0, end = 0;
            using var file = new Hdf5File(path);
            foreach (string name in (string[])["data", "label"])
            {
                ulong[] shape = file.Read(root => root.Dataset(name).Space.Dimensions);
                rows = name == "data" ? (long)shape[0] : rows == (long)shape[0] ? rows : -1;
                end += sizeof(float) * (long)shape.Aggregate(1UL, (product, dim) => product * dim);
            }

            return rows < 0 ? "data and label have different numbers of rows"
                : length > bytes.Length ? $"the header tells {length} bytes, the file has {bytes.Length}"
                : length < end ? $"the rows take {end} bytes, the header tells {length}"
                : null;
        }
        catch (CnnException wrong)
        {
            return wrong.Message;
        }
    }

    private static bool IsIn(string path, string target) =>
        path == target || path.StartsWith(target + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static bool MayStay(CommandScenario scenario, string path)
    {
        string name = Path.GetFileName(path);
        bool isHidden = path.Split(Path.DirectorySeparatorChar)
            .Any(part => part.StartsWith('.') && part.EndsWith(".part", StringComparison.Ordinal));
        return isHidden || (scenario.MayStay.Length > 0 && name == scenario.MayStay);
    }
}
