using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Cnn.Proto;

namespace Cnn.Engine.Distributed.Mpi;

/// <summary>
/// An MPI library, bound when it is asked for. Every handle is an <see cref="nint"/>: where a library's handles are
/// 32-bit numbers, they are the lower halves, in registers and in little-endian memory.
/// </summary>
internal sealed unsafe partial class MpiLibrary
{
    /// <summary>The environment variable that names the library's file.</summary>
    public const string FileVariable = "CNN_MPI_LIBRARY";

    /// <summary>What to do to have one.</summary>
    public const string HowToInstall =
        "install one: openmpi-bin or mpich on Debian and Ubuntu, openmpi or mpich on Fedora (then 'module load mpi'), "
        + "open-mpi or mpich of Homebrew on macOS; " + FileVariable + " names the file of a library that is elsewhere";

    // The longest text of the ABIs is 8192 bytes.
    private const int VersionBytes = 8192;

    // The largest status of the ABIs has 32 bytes.
    private const int StatusBytes = 64;

    private readonly string file;
    private readonly nint handle;
    private readonly nint world;
    private readonly nint floats;
    private readonly int funneled;
    private readonly delegate* unmanaged<int*, int> initialized;
    private readonly delegate* unmanaged<nint, nint, int, int*, int> initThread;
    private readonly delegate* unmanaged<int> finalize;
    private readonly delegate* unmanaged<nint, int, int> abort;
    private readonly delegate* unmanaged<nint, int*, int> commRank;
    private readonly delegate* unmanaged<nint, int*, int> commSize;
    private readonly delegate* unmanaged<byte*, int*, int> getLibraryVersion;
    private readonly delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int> isend;
    private readonly delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int> irecv;
    private readonly delegate* unmanaged<nint*, int*, void*, int> test;

    private MpiLibrary(string file, nint handle)
    {
        (this.file, this.handle) = (file, handle);
        initialized = (delegate* unmanaged<int*, int>)Export("MPI_Initialized");
        initThread = (delegate* unmanaged<nint, nint, int, int*, int>)Export("MPI_Init_thread");
        finalize = (delegate* unmanaged<int>)Export("MPI_Finalize");
        abort = (delegate* unmanaged<nint, int, int>)Export("MPI_Abort");
        commRank = (delegate* unmanaged<nint, int*, int>)Export("MPI_Comm_rank");
        commSize = (delegate* unmanaged<nint, int*, int>)Export("MPI_Comm_size");
        getLibraryVersion = (delegate* unmanaged<byte*, int*, int>)Export("MPI_Get_library_version");
        isend = (delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int>)Export("MPI_Isend");
        irecv = (delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int>)Export("MPI_Irecv");
        test = (delegate* unmanaged<nint*, int*, void*, int>)Export("MPI_Test");
        (world, floats, funneled) = FindAbi() switch
        {
            MpiAbi.Standard => (0x101, 0x210, 1024),
            MpiAbi.OpenMpi => (Export("ompi_mpi_comm_world"), Export("ompi_mpi_float"), 1),
            _ => ((nint)0x44000000, 0x4c00040a, 1),
        };
    }

    /// <summary>The number of processes of the job.</summary>
    public int Size
    {
        get
        {
            int size;
            Check(commSize(world, &size), "MPI_Comm_size");
            return size;
        }
    }

    /// <summary>The rank of this process.</summary>
    public int Rank
    {
        get
        {
            int rank;
            Check(commRank(world, &rank), "MPI_Comm_rank");
            return rank;
        }
    }

    /// <summary>The library's name and version, such as "Open MPI 4.1.4".</summary>
    public string Version
    {
        get
        {
            byte* text = stackalloc byte[VersionBytes];
            int length;
            Check(getLibraryVersion(text, &length), "MPI_Get_library_version");
            return ShortVersion(Marshal.PtrToStringUTF8((nint)text, length));
        }
    }

    /// <summary>Loads the library that the environment names, or the first that is installed.</summary>
    /// <param name="named">The file that the environment names; null or empty where it names none.</param>
    /// <param name="preferred">The kind that is looked for first.</param>
    /// <exception cref="CnnException">There is none, or it lacks what is needed.</exception>
    public static MpiLibrary Load(string? named, MpiAbi preferred)
    {
        if (named is { Length: > 0 })
        {
            try
            {
                return new MpiLibrary(named, NativeLibrary.Load(named));
            }
            catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
            {
                // The loader's own words are the last line.
                string reason = exception.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Trim();
                throw new CnnException(
                    $"{FileVariable}: '{named}' cannot be loaded: {reason}", HowToInstall, exception);
            }
        }

        string[] files = [.. Kinds(preferred).SelectMany(Files)];
        foreach (string file in files)
        {
            if (NativeLibrary.TryLoad(file, out nint handle))
            {
                return new MpiLibrary(file, handle);
            }
        }

        throw new CnnException($"no MPI library is found ({string.Join(", ", files)})", HowToInstall);
    }

    /// <summary>Shortens the text by which a library describes itself to its name and version.</summary>
    public static string ShortVersion(string text)
    {
        Match match = NameAndNumber().Match(text);
        return match.Success ? $"{match.Groups["name"]} {match.Groups["number"]}" : text.Split('\n')[0].Trim();
    }

    /// <summary>Starts MPI in this process. From now on one thread calls it, the one that calls this.</summary>
    /// <exception cref="CnnException">It was started before; it can be started once in a process.</exception>
    public void Initialize()
    {
        int flag;
        Check(initialized(&flag), "MPI_Initialized");
        if (flag != 0)
        {
            throw new CnnException("MPI has been started in this process before, and can be started once alone");
        }

        int provided;
        Check(initThread(0, 0, funneled, &provided), "MPI_Init_thread");
    }

    /// <summary>Ends MPI in this process, after all processes have come here.</summary>
    public void Finish() => Check(finalize(), "MPI_Finalize");

    /// <summary>Ends all processes of the job.</summary>
    public void Abort(int exitCode) => Check(abort(world, exitCode), "MPI_Abort");

    /// <summary>Starts to send floats.</summary>
    /// <returns>The request, for <see cref="IsDone"/>.</returns>
    public nint Send(int to, int tag, float* data, int count)
    {
        nint request = 0;
        Check(isend(data, count, floats, to, tag, world, &request), "MPI_Isend");
        return request;
    }

    /// <summary>Starts to receive floats.</summary>
    /// <returns>The request, for <see cref="IsDone"/>.</returns>
    public nint Receive(int from, int tag, float* data, int count)
    {
        nint request = 0;
        Check(irecv(data, count, floats, from, tag, world, &request), "MPI_Irecv");
        return request;
    }

    /// <summary>Returns whether a request is done, and moves all on. One that is done is no request any more.</summary>
    public bool IsDone(ref nint request)
    {
        byte* status = stackalloc byte[StatusBytes];
        int flag;
        nint current = request;
        Check(test(&current, &flag, status), "MPI_Test");
        request = current;
        return flag != 0;
    }

    private static IEnumerable<MpiAbi> Kinds(MpiAbi preferred) =>
        new[] { preferred, MpiAbi.Standard, MpiAbi.OpenMpi, MpiAbi.Mpich }.Distinct();

    // Debian calls libmpich.so.12 what MPICH itself calls libmpi.so.12. The loader of macOS does not look where
    // Homebrew installs.
    private static IEnumerable<string> Files(MpiAbi kind)
    {
        (string Name, int Number)[] libraries = kind switch
        {
            MpiAbi.Standard => [("libmpi_abi", 1), ("libmpi_abi", 0)],
            MpiAbi.OpenMpi => [("libmpi", 40)],
            _ => [("libmpich", 12), ("libmpi", 12)],
        };
        return OperatingSystem.IsMacOS()
            ? from library in libraries
              from folder in (string[])["", "/opt/homebrew/lib/", "/usr/local/lib/"]
              select $"{folder}{library.Name}.{library.Number}.dylib"
            : libraries.Select(l => $"{l.Name}.so.{l.Number}");
    }

    [GeneratedRegex(@"^(?<name>[^\n]*?)(?: Library)?(?: Version)?[\s:]+v?(?<number>\d+\.[\w.]+)")]
    private static partial Regex NameAndNumber();

    // In the order of mpi4py: a library may have a way to say that it is of the standard, and still not be.
    private MpiAbi FindAbi()
    {
        if (NativeLibrary.TryGetExport(handle, "MPI_Abi_get_version", out nint address))
        {
            int major = 0;
            int minor = 0;
            Check(((delegate* unmanaged<int*, int*, int>)address)(&major, &minor), "MPI_Abi_get_version");
            if (major > 0)
            {
                return MpiAbi.Standard;
            }
        }

        return NativeLibrary.TryGetExport(handle, "ompi_mpi_comm_world", out _) ? MpiAbi.OpenMpi : MpiAbi.Mpich;
    }

    private nint Export(string name) => NativeLibrary.TryGetExport(handle, name, out nint address)
        ? address
        : throw new CnnException($"'{file}' is no MPI library that can be used: it has no {name}", HowToInstall);

    // A library ends the process by itself unless told otherwise, so this is what remains.
    private void Check(int code, string function)
    {
        if (code != 0)
        {
            throw new CnnException($"{function} of '{file}' has failed with error {code}") { IsOfTheMachine = true };
        }
    }
}
