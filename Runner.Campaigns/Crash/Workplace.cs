using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cnn.Campaigns.Running;
using Cnn.Engine.Solvers;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Runner;

namespace Cnn.Campaigns.Crash;

/// <summary>
/// Where a part works: in the folder that the campaign keeps, else in a temporary one. What strace wrote stays there,
/// so that a case is the same the next time.
/// </summary>
internal sealed class Workplace : IDisposable
{
    // What another version of the program did tells nothing about this one.
    private static readonly string Version = VersionText();

    private readonly TemporaryFolder? temporary;
    private readonly string folder;

    /// <summary>Makes the place of a part.</summary>
    public Workplace(PartRun run)
    {
        temporary = run.Folder is null ? new TemporaryFolder() : null;
        folder = run.Folder ?? temporary!.Path;
    }

    /// <summary>Returns a folder to work in.</summary>
    public string Folder(string name) => Path.Combine(folder, name);

    /// <summary>Returns the file for what strace writes of this version of the program.</summary>
    public string Trace(string name) => Path.Combine(folder, $"{name}.{Version}.strace");

    /// <inheritdoc/>
    public void Dispose() => temporary?.Dispose();

    private static string VersionText()
    {
        Type[] types = [typeof(CnnException), typeof(Layer), typeof(Solver), typeof(CommandLineProgram)];
        string versions = string.Concat(
            types.Select(t => t.Module.ModuleVersionId.ToString("N", CultureInfo.InvariantCulture)));
        return Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(versions)))[..12];
    }
}
