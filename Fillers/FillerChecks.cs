using Cnn.Proto;

namespace Cnn.Fillers;

/// <summary>Checks that fillers share.</summary>
internal static class FillerChecks
{
    /// <summary>Refuses <c>sparse</c>, because only the gaussian filler has a sparse form.</summary>
    /// <exception cref="CnnException"><c>sparse</c> is set.</exception>
    public static void RefuseSparse(FillerParameter parameter)
    {
        if (parameter.Sparse != -1)
        {
            throw new CnnException(
                $"filler '{parameter.Type}' has no sparse form, but sparse is {parameter.Sparse}",
                "only 'gaussian' does");
        }
    }
}
