es
—Nos vamos —dijo Ana Ruiz—, y no volvemos. «Abrimos mañana», señaló el alcalde. Según Ruiz, llueve.
