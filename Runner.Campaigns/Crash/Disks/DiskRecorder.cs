using Cnn.Campaigns.Crash.Tracing;

namespace Cnn.Campaigns.Crash.Disks;

/// <summary>
/// Turns the calls of a process into operations on the disk of one folder. Calls whose effect it does not know are
/// refused, so that a campaign never claims more than it has tried.
/// </summary>
internal sealed class DiskRecorder
{
    private static readonly string[] Known =
    [
        "openat", "close", "pwrite64", "ftruncate", "fsync", "fdatasync", "rename", "unlink", "mkdir", "rmdir", "link",
    ];

    private readonly string root;
    private readonly List<DiskNode> start = [DiskNode.Folder()];
    private readonly List<DiskNode> now;
    private readonly List<DiskOperation> operations = [];
    private readonly Dictionary<long, int> open = [];

    /// <summary>Reads what a folder holds before the process runs.</summary>
    public DiskRecorder(string root)
    {
        this.root = Path.GetFullPath(root);
        ReadFolder(this.root, 0);
        now = [.. start.Select(node => node.Copy())];
    }

    /// <summary>Returns the log of the calls so far.</summary>
    public DiskLog Finish() => new(start, [.. now.Select(node => node.Bytes is null)], operations);

    /// <summary>Records a call; whether it was one on the folder.</summary>
    /// <exception cref="NotSupportedException">It changes the folder in a way that is not known.</exception>
    public bool Take(SystemCall call) => call.Result >= 0 && Apply(call);

    private void ReadFolder(string folder, int node)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            int number = start.Count;
            start[node].Names[Path.GetFileName(path)] = number;
            if (Directory.Exists(path))
            {
                start.Add(DiskNode.Folder());
                ReadFolder(path, number);
            }
            else
            {
                start.Add(DiskNode.File(File.ReadAllBytes(path)));
            }
        }
    }

    private bool Apply(SystemCall call)
    {
        switch (call.Name)
        {
            case "openat":
                return Open(call);
            case "close":
                return open.Remove(call.Number(0));
            case "pwrite64":
                return OnFile(call, node => new DiskOperation(DiskOperationKind.Write, node)
                {
                    Place = call.Number(3), Data = call.Bytes(1)[..(int)call.Result],
                });
            case "ftruncate":
                return OnFile(call, node => new DiskOperation(DiskOperationKind.Resize, node)
                {
                    Place = call.Number(1),
                });
            case "fsync" or "fdatasync":
                return OnFile(call, node => new DiskOperation(DiskOperationKind.Flush, node));
            case "mkdir":
                return Name(call.Path(0)) is { } made && Link(made, Add(DiskNode.Folder()));
            case "unlink" or "rmdir":
                return Name(call.Path(0)) is { } gone && Unlink(gone);
            case "rename":
                return Rename(call);
            case "link":
                return Name(call.Path(1)) is { } other && Link(other, NodeOf(Name(call.Path(0))!.Value));
            default:
                RefuseUnknown(call);
                return false;
        }
    }

    private bool Open(SystemCall call)
    {
        if (Name(call.Path(1)) is not { } name)
        {
            return false;
        }

        string how = call.Arguments[2];
        bool isThere = now[name.Folder].Names.TryGetValue(name.Text, out int node);
        if (name.Text.Length == 0)
        {
            node = 0;
        }
        else if (!isThere)
        {
            Link(name, node = Add(DiskNode.File([])));
        }

        if (how.Contains("O_TRUNC", StringComparison.Ordinal))
        {
            operations.Add(new DiskOperation(DiskOperationKind.Resize, node));
        }

        open[call.Result] = node;
        return true;
    }

    private bool Rename(SystemCall call)
    {
        var (from, to) = (Name(call.Path(0)), Name(call.Path(1)));
        if (from is not { } old || to is not { } other)
        {
            return from is null && to is null
                ? false
                : throw new NotSupportedException(
                    $"{call.Path(0)} is moved to {call.Path(1)}, out of the folder or into it");
        }

        if (old.Folder != other.Folder)
        {
            throw new NotSupportedException($"{call.Path(0)} is moved to another folder: {call.Path(1)}");
        }

        int node = NodeOf(old);
        now[old.Folder].Names.Remove(old.Text);
        now[old.Folder].Names[other.Text] = node;
        operations.Add(new DiskOperation(DiskOperationKind.Rename, old.Folder)
        {
            OldName = old.Text, Name = other.Text, Target = node,
        });
        return true;
    }

    private bool OnFile(SystemCall call, Func<int, DiskOperation> operation)
    {
        bool isOurs = open.TryGetValue(call.Number(0), out int node);
        if (isOurs)
        {
            operations.Add(operation(node));
        }

        return isOurs;
    }

    private bool Link((int Folder, string Text) name, int node)
    {
        now[name.Folder].Names[name.Text] = node;
        operations.Add(new DiskOperation(DiskOperationKind.Link, name.Folder) { Name = name.Text, Target = node });
        return true;
    }

    private bool Unlink((int Folder, string Text) name)
    {
        now[name.Folder].Names.Remove(name.Text);
        operations.Add(new DiskOperation(DiskOperationKind.Unlink, name.Folder) { Name = name.Text });
        return true;
    }

    private int Add(DiskNode node)
    {
        now.Add(node);
        return now.Count - 1;
    }

    private int NodeOf((int Folder, string Text) name) => now[name.Folder].Names[name.Text];

    // The folder's number and the name in it; null for what is elsewhere, and an empty name for the root itself.
    private (int Folder, string Text)? Name(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, root));
        string below = Path.GetRelativePath(root, full);
        if (below == ".")
        {
            return (0, "");
        }

        if (below.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(below))
        {
            return null;
        }

        string[] parts = below.Split(Path.DirectorySeparatorChar);
        int folder = parts[..^1].Aggregate(0, (at, part) => now[at].Names[part]);
        return (folder, parts[^1]);
    }

    private void RefuseUnknown(SystemCall call)
    {
        if (Known.Contains(call.Name))
        {
            return;
        }

        bool isOfFolder = call.Arguments.Any(
            a => a.StartsWith('"') && !call.Name.Contains("write", StringComparison.Ordinal)
                && Name(System.Text.Encoding.UTF8.GetString(
                    Convert.FromHexString(a.Trim('"').Replace("\\x", "", StringComparison.Ordinal)))) is not null);
        bool isOfFile = long.TryParse(call.Arguments[0], out long descriptor) && open.ContainsKey(descriptor);
        if (isOfFolder || isOfFile)
        {
            throw new NotSupportedException($"the campaign does not know what {call.Name} does to a disk");
        }
    }
}
