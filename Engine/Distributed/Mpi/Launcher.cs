using System.Globalization;

namespace Cnn.Engine.Distributed.Mpi;

/// <summary>The program that has started this process with others of the same job.</summary>
/// <param name="Name">How a message names it, such as "mpirun of Open MPI".</param>
/// <param name="Size">The number of processes that it has started.</param>
/// <param name="Rank">The number of this process among them, from 0.</param>
/// <param name="Abi">The kind of MPI library that is installed with it, or is used with it most.</param>
/// <param name="Advice">How it starts processes that a library of another kind lets meet.</param>
internal sealed record Launcher(string Name, int Size, int Rank, MpiAbi Abi, string Advice)
{
    private const string OtherLauncher = "start it with the mpirun or mpiexec that belongs to the library";

    /// <summary>Finds the launcher by the variables that it sets in the environment of its processes.</summary>
    /// <param name="variable">Returns a variable of the environment, or null.</param>
    /// <returns>The launcher; null where the process was started alone.</returns>
    public static Launcher? Find(Func<string, string?> variable)
    {
        // Open MPI and Hydra run inside the steps of Slurm too, so theirs are looked at first. Slurm tells of a step's
        // tasks in the step alone, while SLURM_NTASKS stands in a batch script too, which is one process.
        if (Places("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK") is { } openMpi)
        {
            return new Launcher("mpirun of Open MPI", openMpi.Size, openMpi.Rank, MpiAbi.OpenMpi, OtherLauncher);
        }

        if (Places("PMI_SIZE", "PMI_RANK") is { } hydra)
        {
            return new Launcher("mpiexec of MPICH", hydra.Size, hydra.Rank, MpiAbi.Mpich, OtherLauncher);
        }

        return Places("SLURM_STEP_NUM_TASKS", "SLURM_PROCID") is { } slurm
            ? new Launcher(
                "srun",
                slurm.Size,
                slurm.Rank,
                MpiAbi.OpenMpi,
                "try 'srun --mpi=pmix' for Open MPI, 'srun --mpi=pmi2' for MPICH ('srun --mpi=list' lists all)")
            : null;

        (int Size, int Rank)? Places(string size, string rank) =>
            Number(size) is { } of && Number(rank) is { } number && number < of ? (of, number) : null;

        int? Number(string name) =>
            int.TryParse(variable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;
    }
}
